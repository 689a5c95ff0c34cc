import type { Finding, InstanceRow } from '../host/generated'
import { daysUntil } from '../i18n/format'
import { hasText, t } from '../i18n/index.svelte'

/** What the coverage bar counts; each instance is in one group. */
export const groups = ['encrypted', 'ready', 'blocked', 'changing', 'unknown'] as const
export type Group = (typeof groups)[number]

const TASK_RUNNING = 1
const DAY = 86_400_000
/** A test says little about today after so many days. */
const OLD_TEST_DAYS = 30
const EXPIRES_SOON_DAYS = 30

export function groupOf(row: InstanceRow): Group {
  if (row.ssl === 'updating' || row.job_id !== null || (row.ssl === 'busy' && row.status === TASK_RUNNING)) return 'changing'
  if (row.ssl === 'on') return 'encrypted'
  if (row.ssl === 'unknown' && !firstBlocked(row)) return 'unknown'
  return row.readiness === 'ready' ? 'ready' : 'blocked'
}

export function coverage(rows: readonly InstanceRow[]): Record<Group, number> {
  const counts: Record<Group, number> = { encrypted: 0, ready: 0, blocked: 0, changing: 0, unknown: 0 }
  for (const row of rows) counts[groupOf(row)] += 1
  return counts
}

export const concerns = ['failed', 'expiring', 'untested', 'old', 'unread'] as const
/** Why an instance needs attention. */
export type Concern = (typeof concerns)[number]

export function hasConcern(row: InstanceRow, concern: Concern, now: number): boolean {
  const test = row.last_test
  switch (concern) {
    case 'failed':
      return row.ssl === 'on' && test !== null && (test.verdict === 'insecure' || test.verdict === 'unreachable')
    case 'expiring':
      return row.certificate_ends !== null && daysUntil(row.certificate_ends, now) < EXPIRES_SOON_DAYS
    case 'untested':
      return row.ssl === 'on' && test === null
    case 'old':
      return row.ssl === 'on' && test !== null && isOld(test.at, now)
    case 'unread':
      // An isolated instance has no state to read.
      return row.error !== null && !firstBlocked(row)
  }
}

export function isOld(at: string, now: number): boolean {
  return now - Date.parse(at) > OLD_TEST_DAYS * DAY
}

export interface Filters {
  words: string
  region: string
  engine: string
  group: Group | ''
  concern: Concern | ''
}

export const noFilters: Filters = { words: '', region: '', engine: '', group: '', concern: '' }

export function filtered(rows: readonly InstanceRow[], filters: Filters, now: number): InstanceRow[] {
  // Read once: each read of a filter is tracked, and there may be ten thousand rows.
  const { region, engine, group, concern } = filters
  const words = filters.words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(
    (row) =>
      (!region || row.region === region) &&
      (!engine || row.engine === engine) &&
      (!group || groupOf(row) === group) &&
      (!concern || hasConcern(row, concern, now)) &&
      (words.length === 0 || words.every((word) => haystack(row).includes(word))),
  )
}

const haystacks = new WeakMap<InstanceRow, string>()

function haystack(row: InstanceRow): string {
  let text = haystacks.get(row)
  if (text === undefined) {
    text = `${row.name} ${row.instance_id} ${row.address} ${row.public_address ?? ''} ${row.ipv6_address ?? ''}`.toLowerCase()
    haystacks.set(row, text)
  }
  return text
}

export type SortKey = 'name' | 'region' | 'engine' | 'ssl' | 'readiness' | 'ends' | 'test'
export interface Sort {
  key: SortKey
  descending: boolean
}

/** The next state of a column's head: up, down, as it came. */
export function nextSort(sort: Sort | null, key: SortKey): Sort | null {
  if (sort?.key !== key) return { key, descending: false }
  return sort.descending ? null : { key, descending: true }
}

const collator = new Intl.Collator(undefined, { numeric: true })

const sortText: Record<SortKey, (row: InstanceRow) => string> = {
  name: (row) => row.name,
  region: (row) => row.region,
  engine: (row) => `${row.engine} ${row.version} ${row.architecture}`,
  ssl: (row) => row.ssl,
  readiness: (row) => `${groups.indexOf(groupOf(row))} ${firstBlocked(row)?.check ?? ''}`,
  ends: (row) => row.certificate_ends ?? '9999',
  test: (row) => row.last_test?.at ?? '',
}

export function sorted(rows: InstanceRow[], sort: Sort | null): InstanceRow[] {
  if (!sort) return rows
  const text = sortText[sort.key]
  const keyed = rows.map((row) => ({ row, key: text(row) }))
  keyed.sort((a, b) => collator.compare(a.key, b.key))
  if (sort.descending) keyed.reverse()
  return keyed.map(({ row }) => row)
}

export function firstBlocked(row: Pick<InstanceRow, 'findings'>): Finding | undefined {
  return row.findings.find((finding) => finding.status === 'blocked')
}

/** A blocker in two words, for a cell. */
export function blockerInShort(finding: Finding): string {
  const { current, status } = finding.facts
  if (finding.check === 'instance_running' && typeof status === 'number') return statusName(status)
  return t(`blocked_short.${finding.check}`, { current: typeof current === 'string' ? current : '' }).trim()
}

/** The vendor's status; its number when that is not known. */
export function statusName(status: number): string {
  const key = `instance_status.${status}`
  return hasText(key) ? t(key) : t('instance_status.other', { status })
}

/** The SSL state; of an instance in a state that this version does not know, that state. */
export function sslWord(row: InstanceRow): string {
  const unheard = row.ssl === 'unknown' && row.status !== null && !hasText(`instance_status.${row.status}`)
  return unheard ? statusName(row.status as number) : t(`ssl.${row.ssl}`)
}

/** `Redis 6.2`. */
export function engineName(row: InstanceRow): string {
  return [row.engine, row.version].filter(Boolean).join(' ')
}

/** `cluster`, in the language shown; the vendor's word when it is not known. */
export function architectureName(row: InstanceRow): string {
  const key = `architecture.${row.architecture}`
  return hasText(key) ? t(key) : row.architecture
}

/** The city, in the language shown; else as the cloud names it. */
export function regionName(region: string, cloudName: string): string {
  const key = `region.${region}`
  return hasText(key) ? t(key) : cloudName || region
}
