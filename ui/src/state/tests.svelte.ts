import { SvelteMap } from 'svelte/reactivity'
import type { Report, Stage, TestForm, TestProgress, TrustFile } from '../host/generated'
import { HostError, type Host } from '../host/host'

export type TestInput = Omit<TestForm, 'test_id'>

export interface RunningTest {
  form: TestForm
  started: number
  stages: Stage[]
}

/** The test that runs, and what the last ones said. */
export class Tests {
  running = $state.raw<RunningTest | null>(null)
  error = $state.raw<HostError | null>(null)
  /** The newest report by instance id; by the empty text for an address of its own. */
  readonly reports = new SvelteMap<string, Report>()
  /** What was asked last, without secrets. */
  readonly inputs = new SvelteMap<string, TestInput>()
  /** The file chosen for `trust: file`. */
  trustFile = $state.raw<TrustFile | null>(null)

  constructor(private readonly host: Host) {}

  async run(input: TestInput): Promise<Report | null> {
    if (this.running) return null
    const form = { ...input, test_id: crypto.randomUUID() }
    const subject = input.instance_id ?? ''
    this.running = { form, started: Date.now(), stages: [] }
    this.error = null
    this.inputs.set(subject, { ...input, password: null })
    try {
      const report = await this.host.call('test_connection', { form })
      this.reports.set(subject, report)
      return report
    } catch (thrown) {
      const error = HostError.from(thrown)
      if (error.code !== 'cancelled') this.error = error
      return null
    } finally {
      this.running = null
    }
  }

  /** What was asked last, and more; it is the next that is asked. */
  deeper(id: string | null, report: Report, more: 'deep' | 'cost'): TestInput {
    const subject = id ?? ''
    const last = this.inputs.get(subject) ?? { instance_id: id, address: report.target.address, name: null, sni: null, trust: 'instance', username: null, password: null }
    const input = { ...last, deep: more === 'deep' || report.survey !== undefined, cost: more === 'cost' || report.cost !== undefined }
    this.inputs.set(subject, input)
    return input
  }

  progress(progress: TestProgress): void {
    if (this.running?.form.test_id !== progress.test_id) return
    this.running = { ...this.running, stages: progress.stages }
  }

  async cancel(): Promise<void> {
    if (!this.running) return
    try {
      await this.host.call('cancel_test', { test_id: this.running.form.test_id })
    } catch (thrown) {
      this.error = HostError.from(thrown)
    }
  }

  forget(): void {
    this.reports.clear()
    this.inputs.clear()
    this.error = null
  }
}
