import type { JobSnapshot, Phase } from '../host/generated'
import type { Host } from '../host/host'
import type { Notices } from './notices.svelte'

const ENDED: readonly Phase[] = ['succeeded', 'failed', 'interrupted', 'detached']

export function isRunning(job: JobSnapshot): boolean {
  return !ENDED.includes(job.phase)
}

/** The jobs of every account, newest first. */
export class Jobs {
  all = $state.raw<JobSnapshot[]>([])
  /** The account in use. */
  account = $state<string | null>(null)
  readonly running = $derived(this.all.filter(isRunning))
  /** Of the account in use. */
  readonly own = $derived(this.running.filter((job) => job.account_id === this.account))
  readonly finished = $derived(this.all.filter((job) => !isRunning(job)))

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  /** Two accounts may see the same instance; each has its own jobs. */
  of(instanceId: string): JobSnapshot[] {
    return this.all.filter((job) => job.instance_id === instanceId && job.account_id === this.account)
  }

  /** Takes what is newer than what is known: an event may overtake an answer. */
  take(...jobs: JobSnapshot[]): void {
    const byId = new Map(this.all.map((job) => [job.id, job]))
    for (const job of jobs) {
      const known = byId.get(job.id)
      if (!known || known.events.length <= job.events.length) byId.set(job.id, job)
    }
    this.all = [...byId.values()].sort((a, b) => b.started.localeCompare(a.started))
  }

  async load(): Promise<void> {
    this.all = []
    try {
      this.take(...(await this.host.call('job_snapshots')))
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  /** Watches a job again that is watched no more. */
  async reattach(job: JobSnapshot): Promise<void> {
    try {
      this.take(await this.host.call('reattach_job', { job_id: job.id }))
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  /** Stops watching; the remote task goes on. */
  async detach(job: JobSnapshot): Promise<void> {
    try {
      await this.host.call('detach_job', { job_id: job.id })
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }
}
