import type { AccountView, Action, JobSnapshot, Phase, Trouble } from '../host/generated'
import { t } from '../i18n/index.svelte'
import { accountName } from './account'

const PHASES: Record<Action['kind'], readonly Phase[]> = {
  enable_ssl: ['submitting', 'updating', 'confirming', 'certificate', 'testing'],
  disable_ssl: ['submitting', 'updating', 'confirming', 'testing'],
  upgrade_proxy: ['submitting', 'updating', 'confirming'],
  upgrade_version: ['submitting', 'updating', 'confirming'],
  require_password: ['submitting', 'updating', 'confirming'],
  set_encryption_mode: ['submitting', 'updating', 'confirming', 'certificate', 'testing'],
  update_certificate: ['submitting', 'updating', 'confirming', 'certificate', 'testing'],
}

export interface PhaseStep {
  phase: Phase
  state: 'done' | 'now' | 'todo' | 'bad'
  /** When the job first reached it. */
  at: string | null
}

/** The phases a job goes through, and where it is. */
export function phaseSteps(job: JobSnapshot): PhaseStep[] {
  const phases = PHASES[job.action.kind]
  const reached = (phase: Phase) => job.events.find((event) => event.phase === phase)?.at ?? null
  const current = job.phase === 'queued' ? 0 : phases.indexOf(job.phase)
  const last = phases.findLastIndex((phase) => reached(phase) !== null)
  return phases.map((phase, at) => {
    const step = { phase, at: reached(phase) }
    if (job.phase === 'succeeded') return { ...step, state: 'done' as const }
    if (current >= 0) return { ...step, state: at < current ? ('done' as const) : at === current ? ('now' as const) : ('todo' as const) }
    return { ...step, state: at < last ? ('done' as const) : at === last ? ('bad' as const) : ('todo' as const) }
  })
}

/** The cloud has not said yes: nothing is known to have been accepted. */
export function isAsking(job: JobSnapshot): boolean {
  return job.phase === 'queued' || job.phase === 'submitting'
}

const ACCEPTED: readonly Phase[] = ['updating', 'confirming', 'certificate', 'testing']

/** When the cloud was first known to carry it out. */
export function acceptedAt(job: JobSnapshot): string | null {
  return job.events.find((event) => ACCEPTED.includes(event.phase))?.at ?? null
}

/** Tencent Cloud carries it out in the maintenance window; nothing is watched until then. */
export function isScheduled(job: JobSnapshot): boolean {
  return job.phase === 'detached' && job.events.at(-2)?.code === 'scheduled_for_window'
}

/** How long the job will take by the user's own past runs, milliseconds: their median. */
export function estimate(job: JobSnapshot): number | null {
  const runs = [...job.past_runs_ms].sort((a, b) => a - b)
  return runs[Math.floor(runs.length / 2)] ?? null
}

/** The cloud says nothing at all, as opposed to asking for patience. */
export function isSilence({ error }: Trouble): boolean {
  return error.code === 'network_unreachable' || error.code === 'timeout'
}

/** The job's account as it is named now; as it was named then when it is gone. */
export function jobAccount(job: JobSnapshot, accounts: readonly AccountView[]): string {
  const account = accounts.find((each) => each.id === job.account_id)
  return account ? accountName(account) : job.account
}

/** What a job does, with the versions where it has some. */
export function jobTitle(job: Pick<JobSnapshot, 'action' | 'instance_name'>): string {
  return t(`action_on.${job.action.kind}`, { name: job.instance_name })
}
