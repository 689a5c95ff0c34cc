import type { PutPlan, PutRun, SshHosts } from '../host/generated'
import { HostError, type Host } from '../host/host'
import { hostsOf, putForm, putInput, unserved, type PutInput } from '../model/put'

/** Certificates on their way to servers: what is asked, then the plan, then how it goes. */
export class Putting {
  /** The instance whose certificates are meant; null while nothing is open. */
  instance = $state<string | null>(null)
  input = $state<PutInput>(putInput(''))
  /** What `~/.ssh/config` has; null until it is read. */
  known = $state.raw<SshHosts | null>(null)
  plan = $state.raw<PutPlan | null>(null)
  run = $state.raw<PutRun | null>(null)
  error = $state.raw<HostError | null>(null)
  looking = $state(false)
  /** Counts what was asked, so that an answer to what is over is not shown. */
  #asked = 0
  /** Whose form is remembered. */
  #last = ''
  #hosts: string[] = []
  #accepted: string[] = []

  constructor(private readonly host: Host) {}

  open(instance: string): void {
    if (this.#last !== instance) {
      this.#last = instance
      this.input = putInput(instance)
      this.#accepted = []
    }
    this.instance = instance
    this.#forget()
    void this.#read()
  }

  /** What goes on is not ended by not looking at it. */
  close(): void {
    this.#forget()
    this.input = { ...this.input, password: '', passphrase: '', storePassword: '' }
    this.instance = null
  }

  /** To the form, with what was typed. */
  back(): void {
    this.#forget()
  }

  look(hosts: string[] = hostsOf(this.input)): Promise<void> {
    this.#hosts = hosts
    return this.#look()
  }

  /** The user has seen the key of a new host. */
  accept(key: string): Promise<void> {
    this.#accepted = [...this.#accepted, key]
    return this.#look()
  }

  again(): Promise<void> {
    return this.look(unserved(this.run?.hosts ?? []))
  }

  async apply(): Promise<void> {
    const plan = this.plan
    if (!plan || this.run) return
    this.error = null
    try {
      const run = await this.host.call('apply_put', { plan_id: plan.id })
      // An event that came meanwhile is newer.
      if (this.plan === plan) this.run ??= run
    } catch (thrown) {
      if (this.plan === plan) this.error = HostError.from(thrown)
    }
  }

  take(run: PutRun): void {
    if (run.plan_id === this.plan?.id) this.run = run
  }

  async cancel(): Promise<void> {
    if (!this.run) return
    try {
      await this.host.call('cancel_put', { plan_id: this.run.plan_id })
    } catch (thrown) {
      this.error = HostError.from(thrown)
    }
  }

  async #look(): Promise<void> {
    const instance = this.instance
    if (instance === null) return
    this.#forget()
    const asked = this.#asked
    this.looking = true
    try {
      const form = putForm(instance, this.input, this.#hosts, this.#accepted)
      const plan = await this.host.call('plan_put', { form })
      if (asked === this.#asked) this.plan = plan
    } catch (thrown) {
      if (asked === this.#asked) this.error = HostError.from(thrown)
    } finally {
      if (asked === this.#asked) this.looking = false
    }
  }

  async #read(): Promise<void> {
    try {
      this.known = await this.host.call('ssh_hosts')
    } catch {
      // Hosts can be typed.
      this.known = { hosts: [], notes: [] }
    }
  }

  #forget(): void {
    this.#asked += 1
    this.plan = null
    this.run = null
    this.error = null
    this.looking = false
  }
}
