import type { InstanceRow, InventorySnapshot } from '../host/generated'
import type { Host } from '../host/host'
import type { Notices } from './notices.svelte'

const EMPTY: InventorySnapshot = {
  account_id: null,
  rows: [],
  regions: [],
  refreshing: false,
  updated: null,
  error: null,
}

/** The fleet of the account in use. */
export class Inventory {
  snapshot = $state.raw<InventorySnapshot>(EMPTY)
  /** The first answer is here. */
  known = $state(false)
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

  take(snapshot: InventorySnapshot): void {
    this.snapshot = snapshot
    this.known = true
  }

  /** Shows what is known at once and asks the cloud for what is new. */
  async load(): Promise<void> {
    this.snapshot = EMPTY
    this.known = false
    try {
      this.take(await this.host.call('inventory_snapshot'))
    } catch (thrown) {
      this.known = true
      this.notices.failed(thrown)
      return
    }
    await this.refresh()
  }

  async refresh(): Promise<void> {
    if (this.snapshot.refreshing) return
    try {
      await this.host.call('refresh_inventory')
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }
}
