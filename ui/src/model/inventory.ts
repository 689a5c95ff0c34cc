import type { InstanceRow, InventoryChange, InventorySnapshot } from '../host/generated'

/** The fleet after a change; rows that did not change stay the same objects. */
export function changed(before: InventorySnapshot, { now, gone }: InventoryChange): InventorySnapshot {
  const news = new Map(now.rows.map((row) => [row.instance_id, row]))
  const leaving = new Set(gone)
  const rows: InstanceRow[] = []
  for (const row of before.rows) {
    const id = row.instance_id
    const next = news.get(id)
    if (leaving.has(id)) continue
    if (!next) rows.push(row)
    else if (inOrder(row, next) === 0) {
      rows.push(next)
      news.delete(id)
    }
  }
  if (news.size) rows.push(...news.values())
  if (news.size) rows.sort(inOrder)
  return { ...now, rows }
}

/** The order of the engine: region, name, id. */
function inOrder(a: InstanceRow, b: InstanceRow): number {
  return compare(a.region, b.region) || compare(a.name, b.name) || compare(a.instance_id, b.instance_id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Younger than this is as good as new. */
const FRESH = 5 * 60_000

/** When the row was read that was read longest ago; null when that is not worth a word. */
export function oldest(rows: readonly InstanceRow[], now: number): string | null {
  let oldest: string | null = null
  for (const { asked } of rows) if (asked !== null && (oldest === null || asked < oldest)) oldest = asked
  return oldest !== null && now - Date.parse(oldest) > FRESH ? oldest : null
}

export interface Progress {
  /** Regions that are listed, of all. */
  listed: number
  regions: number
  /** Instances whose SSL state is read, of all; null while regions are listed. */
  read: number | null
  instances: number
}

export function progress({ regions }: InventorySnapshot): Progress {
  const listed = regions.filter((region) => region.state !== 'loading' || region.pending > 0).length
  const instances = regions.reduce((sum, region) => sum + region.count, 0)
  const pending = regions.reduce((sum, region) => sum + region.pending, 0)
  return { listed, regions: regions.length, read: pending > 0 && listed === regions.length ? instances - pending : null, instances }
}
