import type { CertificateView, InstanceRow, JobSnapshot } from '../host/generated'
import { isAsking } from './job'

/** How a step of the path stands. */
export type StepState = 'done' | 'next' | 'now' | 'blocked' | 'failed' | 'todo'

export interface Path {
  ready: StepState
  enable: StepState
  update: StepState
  certificate: StepState
  test: StepState
}

/** Where an instance is on the way from plaintext to proven TLS; one step asks for action at a time. */
export function pathOf(row: InstanceRow, running: JobSnapshot | undefined, certificate: CertificateView | null): Path {
  const enabling = running?.action.kind === 'enable_ssl'
  if (enabling && isAsking(running)) return { ready: 'done', enable: 'now', update: 'todo', certificate: 'todo', test: 'todo' }
  if (running?.action.kind === 'disable_ssl') return { ready: 'done', enable: 'todo', update: 'todo', certificate: 'todo', test: 'todo' }
  const changing = running?.action.kind === 'set_encryption_mode' || running?.action.kind === 'update_certificate'
  if (enabling || (row.ssl === 'updating' && !changing)) return { ready: 'done', enable: 'done', update: 'now', certificate: 'todo', test: 'todo' }
  if (row.ssl === 'on' || changing) {
    return {
      ready: 'done',
      enable: 'done',
      update: 'done',
      certificate: certificate ? 'done' : 'next',
      test: testState(row, certificate !== null),
    }
  }
  const waiting = { update: 'todo', certificate: 'todo', test: 'todo' } as const
  if (row.readiness === 'ready' && !running) return { ready: 'done', enable: 'next', ...waiting }
  return { ready: running ? 'now' : 'blocked', enable: 'todo', ...waiting }
}

function testState(row: InstanceRow, certificate: boolean): StepState {
  switch (row.last_test?.verdict) {
    case 'secure':
      return 'done'
    case 'chain_only':
      return 'blocked'
    case 'insecure':
    case 'unreachable':
      return 'failed'
    case undefined:
      return certificate ? 'next' : 'todo'
  }
}
