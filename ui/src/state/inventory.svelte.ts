import type { InstanceRow, InventoryChange, InventorySnapshot } from '../host/generated'
import type { Host } from '../host/host'
import { changed } from '../model/inventory'
import type { Notices } from './notices.svelte'

const EMPTY: InventorySnapshot = {
  account_id: null,
  revision: 0,
  rows: [],
  regions: [],
  refreshing: false,
  updated: null,
  error: null,
  regions_error: null,
}

/** Milliseconds that the table stands still before it is said which rows are seen. */
const SETTLED = 100

/** The fleet of the account in use. */
export class Inventory {
  snapshot = $state.raw<InventorySnapshot>(EMPTY)
  /** The first answer is here. */
  known = $state(false)
  /** The read of the whole that is under way. */
  #reading: symbol | null = null
  #waiting: InventoryChange[] = []
  #seen = ''
  #settling: ReturnType<typeof setTimeout> | undefined
  readonly #byId = $derived(new Map(this.snapshot.rows.map((row) => [row.instance_id, row])))

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  row(id: string): InstanceRow | undefined {
    return this.#byId.get(id)
  }

  regionName(region: string): string {
    return this.snapshot.regions.find((each) => each.region === region)?.name || region
  }

  /** Applies what changed; asks for the whole where something before it was missed. */
  async change(change: InventoryChange): Promise<void> {
    if (this.#reading) this.#waiting.push(change)
    else if (change.now.revision <= this.snapshot.revision) return
    else if (change.since === this.snapshot.revision) this.snapshot = changed(this.snapshot, change)
    else await this.#read()
  }

  /** Shows what is known at once and asks the cloud for what is new. */
  async load(): Promise<void> {
    this.snapshot = EMPTY
    this.known = false
    if (await this.#read()) await this.refresh()
  }

  async refresh(): Promise<void> {
    if (this.snapshot.refreshing) return
    try {
      await this.host.call('refresh_inventory')
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  async refreshRegion(region: string): Promise<void> {
    try {
      await this.host.call('refresh_region', { region })
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  /** Tells which rows are on the screen, once it stands still: a sweep asks for these first. */
  see(ids: string[]): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => {
      if (ids.join() === this.#seen) return
      this.#seen = ids.join()
      // Only the order of a sweep depends on it.
      this.host.call('show_first', { instance_ids: ids }).catch(() => (this.#seen = ''))
    }, SETTLED)
  }

  /** Reads the whole; what changes meanwhile is applied to it. */
  async #read(): Promise<boolean> {
    const reading = (this.#reading = Symbol())
    this.#waiting = []
    const whole = await this.host.call('inventory_snapshot').catch((thrown: unknown) => {
      if (reading === this.#reading) this.notices.failed(thrown)
      return null
    })
    // Another account was chosen meanwhile.
    if (reading !== this.#reading) return false
    this.#reading = null
    this.known = true
    if (!whole) return false
    this.snapshot = whole
    for (const change of this.#waiting.splice(0)) await this.change(change)
    return true
  }
}
