import { SvelteMap } from 'svelte/reactivity'
import type { KeyFile, Report, RouteView, Stage, TestForm, TestProgress, TrustFile } from '../host/generated'
import { HostError, type Host } from '../host/host'

export type TestInput = Omit<TestForm, 'test_id'>

export interface RunningTest {
  form: TestForm
  started: number
  stages: Stage[]
}

/** Rust remembers what was typed for a hop. */
function withoutSecrets(via: TestInput['via']): TestInput['via'] {
  return via ? { url: via.url, key_file: via.key_file ?? false, remember: via.remember ?? false } : null
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
  /** The private key chosen for SSH hosts in this session; it goes before one that is remembered. */
  keyFile = $state.raw<KeyFile | null>(null)
  /** What stood between at the last test, by instance id as above; null once it is known that there was none. */
  readonly routes = new SvelteMap<string, RouteView | null>()

  constructor(private readonly host: Host) {}

  async run(input: TestInput): Promise<Report | null> {
    if (this.running) return null
    const form = { ...input, test_id: crypto.randomUUID() }
    const subject = input.instance_id ?? ''
    this.running = { form, started: Date.now(), stages: [] }
    this.error = null
    this.inputs.set(subject, { ...input, password: null, via: withoutSecrets(input.via) })
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
      this.routes.delete(subject)
    }
  }

  /** What was asked last, and more; it is the next that is asked. */
  async deeper(id: string | null, report: Report, more: 'deep' | 'cost'): Promise<TestInput> {
    const subject = id ?? ''
    const last = this.inputs.get(subject) ?? { instance_id: id, address: report.target.address, name: null, sni: null, trust: 'instance', username: null, password: null, via: await this.way(id, report) }
    const input = { ...last, deep: more === 'deep' || report.survey !== undefined, cost: more === 'cost' || report.cost !== undefined }
    this.inputs.set(subject, input)
    return input
  }

  /** What a report of an earlier session went through. */
  private async way(id: string | null, report: Report): Promise<TestInput['via']> {
    if (report.route === 'direct') return null
    await this.recall(id)
    const known = this.routes.get(id ?? '')
    const scheme = (url: string) => url.split(':', 1)[0]
    // The report has the host itself where a name of ~/.ssh/config was given.
    if (!known?.url || scheme(known.url) !== scheme(report.route)) return { url: report.route }
    return { url: known.url, key_file: known.key_file !== null, remember: known.remembered }
  }

  /** Asks what stood between before, so that the form can begin with it. */
  async recall(id: string | null): Promise<void> {
    const subject = id ?? ''
    if (this.routes.has(subject)) return
    let route: RouteView | null = null
    try {
      route = await this.host.call('test_route', { instance_id: id })
    } catch {
      // The form begins with the direct way; testing says what is wrong.
    }
    this.routes.set(subject, route)
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
    this.routes.clear()
    this.keyFile = null
    this.inputs.clear()
    this.error = null
  }
}
