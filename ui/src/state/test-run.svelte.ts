import type { TestRun } from '../host/generated'
import type { Host } from '../host/host'
import type { Notices } from './notices.svelte'

/** The test of many instances that goes on, or else the last one that was seen to go on. */
export class TestRuns {
  run = $state.raw<TestRun | null>(null)
  readonly running = $derived(this.run?.state === 'running')

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  take(run: TestRun): void {
    this.run = run
  }

  /** After a reload a run may be under way; one that is over is old news. */
  async load(): Promise<void> {
    this.run = null
    try {
      const run = await this.host.call('test_run')
      if (run?.state === 'running') this.run ??= run
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  async start(ids: string[]): Promise<void> {
    if (this.running || ids.length === 0) return
    const before = this.run
    try {
      const run = await this.host.call('test_instances', { instance_ids: ids })
      // An event that came meanwhile is newer.
      if (this.run === before) this.run = run
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  async cancel(): Promise<void> {
    try {
      await this.host.call('cancel_test_run')
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  dismiss(): void {
    if (!this.running) this.run = null
  }
}
