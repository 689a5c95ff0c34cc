import { SvelteSet } from 'svelte/reactivity'
import { noFilters, type Filters, type Sort } from '../model/fleet'

/** How the fleet is looked at; kept while other screens are shown. */
export class FleetView {
  filters = $state<Filters>({ ...noFilters })
  sort = $state.raw<Sort | null>(null)
  /** Ids of the instances that are selected. */
  readonly selected = new SvelteSet<string>()
  /** The instance that the keyboard is on. */
  current = $state<string | null>(null)
  /** Pixels scrolled. */
  top = 0

  narrow(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change }
  }

  unfilter(): void {
    this.filters = { ...noFilters }
  }

  reset(): void {
    this.unfilter()
    this.sort = null
    this.selected.clear()
    this.current = null
    this.top = 0
  }
}
