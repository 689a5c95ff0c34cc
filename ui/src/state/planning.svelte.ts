import type { Action, Confirmation, JobSnapshot, Plan } from '../host/generated'
import { HostError, type Host } from '../host/host'
import { now } from './clock.svelte'

/** The plan that is being looked at: nothing changes an instance but through one. */
export class Planning {
  /** What was asked for; none while no plan is open. */
  asked = $state.raw<{ action: Action; instanceIds: string[] } | null>(null)
  plan = $state.raw<Plan | null>(null)
  error = $state.raw<HostError | null>(null)
  applying = $state(false)
  /** The plan can be carried out no more; one that is on its way may have been in time. */
  readonly over = $derived(this.plan !== null && !this.applying && Date.parse(this.plan.expires) <= now())
  /** Grows with each plan that is opened, and not with a choice in it. */
  opened = $state(0)
  #requestId = ''

  constructor(
    private readonly host: Host,
    private readonly applied: (plan: Plan, jobs: JobSnapshot[]) => void,
  ) {}

  async open(action: Action, instanceIds: string[]): Promise<void> {
    this.plan = null
    this.opened += 1
    await this.#ask({ action, instanceIds })
  }

  /** Asks for another choice of the same; what is shown stays until the answer, and cannot be applied. */
  async change(action: Action): Promise<void> {
    if (this.asked && !this.applying) await this.#ask({ action, instanceIds: this.asked.instanceIds })
  }

  async #ask(asked: { action: Action; instanceIds: string[] }): Promise<void> {
    this.asked = asked
    this.error = null
    this.applying = false
    this.#requestId = ''
    try {
      const plan = await this.host.call('plan', { action: asked.action, instance_ids: asked.instanceIds })
      if (this.asked !== asked) return
      this.plan = plan
      // One id for each plan: sent again, it is the same request.
      this.#requestId = crypto.randomUUID()
    } catch (thrown) {
      if (this.asked === asked) this.error = HostError.from(thrown)
    }
  }

  /** Asks for the same once more, with the facts of now. */
  async again(): Promise<void> {
    if (this.asked) await this.open(this.asked.action, this.asked.instanceIds)
  }

  async apply(confirmation: Confirmation): Promise<void> {
    const plan = this.plan
    // Without an id of its own the plan that is shown is not the one that was asked for last.
    if (!plan || this.applying || this.over || !this.#requestId) return
    this.applying = true
    this.error = null
    try {
      const jobs = await this.host.call('apply', {
        plan_id: plan.id,
        confirmation,
        request_id: this.#requestId,
      })
      this.close()
      this.applied(plan, jobs)
    } catch (thrown) {
      this.error = HostError.from(thrown)
      this.applying = false
    }
  }

  close(): void {
    this.asked = null
    this.plan = null
    this.error = null
    this.applying = false
  }
}
