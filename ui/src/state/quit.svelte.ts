import type { JobSnapshot } from '../host/generated'
import type { Host } from '../host/host'
import type { Notices } from './notices.svelte'

/** The question whether to quit while jobs are watched. */
export class Quit {
  /** The jobs that it is about; none while nothing is asked. */
  watched = $state.raw<JobSnapshot[]>([])

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  ask(jobs: JobSnapshot[]): void {
    this.watched = jobs
  }

  async answer(quit: boolean): Promise<void> {
    this.watched = []
    try {
      await this.host.call('answer_quit', { quit })
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }
}
