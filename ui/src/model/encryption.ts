import type { Action, InstanceRow, JobSnapshot, PlaintextLook, WithoutTls } from '../host/generated'

/** What is known of what a server does with connections without TLS. */
export interface Seen {
  seen: WithoutTls
  at: string
}

const SEEN: readonly unknown[] = ['accepted', 'refused', 'not_seen'] satisfies WithoutTls[]

/** The newest look: one from here, or the one at the end of a job. Turning SSL on or off ends what was seen before. */
export function newestLook(jobs: JobSnapshot[], look: PlaintextLook | null): Seen | null {
  const found: Seen[] = look ? [look] : []
  for (const job of jobs) {
    for (const event of job.events) {
      const seen = event.facts.seen
      if (event.code === 'tried_without_tls' && SEEN.includes(seen)) found.push({ seen: seen as WithoutTls, at: event.at })
    }
    if (job.action.kind === 'enable_ssl' || job.action.kind === 'disable_ssl') break
  }
  return found.sort((a, b) => b.at.localeCompare(a.at))[0] ?? null
}

/** The mode by the cloud's word, else by what was seen; empty when neither tells. */
export function modeOf(row: InstanceRow, seen: Seen | null): string {
  if (row.encryption_mode) return row.encryption_mode
  if (seen?.seen === 'accepted') return 'flexible'
  return seen?.seen === 'refused' ? 'required' : ''
}

/** The cloud refused the newest job of this kind because it does not know the action yet. */
export function isNotYet(jobs: JobSnapshot[], kind: Action['kind']): boolean {
  return jobs.find((job) => job.action.kind === kind)?.error?.code === 'not_available_yet'
}
