import type { IconName } from '../components/icons'
import type { AddressReport, Cause, InstanceRow, LastTest, Link, Outcome, Report, Stage, Status, Verdict } from '../host/generated'
import { t } from '../i18n/index.svelte'

interface Looks {
  tone: 'ok' | 'warn' | 'bad' | 'off'
  icon: IconName
  shield: IconName
}

export const verdictLooks: Record<Verdict, Looks> = {
  secure: { tone: 'ok', icon: 'passed', shield: 'shield_passed' },
  chain_only: { tone: 'warn', icon: 'blocked', shield: 'shield_half' },
  insecure: { tone: 'bad', icon: 'failed', shield: 'shield_failed' },
  unreachable: { tone: 'bad', icon: 'failed', shield: 'shield_failed' },
}

export const outcomeLooks: Record<Outcome, { tone: 'ok' | 'warn' | 'bad' | 'off'; icon: IconName }> = {
  connects: { tone: 'ok', icon: 'passed' },
  connects_unchecked: { tone: 'warn', icon: 'blocked' },
  refuses: { tone: 'bad', icon: 'failed' },
  unknown: { tone: 'off', icon: 'none' },
}

/** SSL is off, and its own address answers in plaintext: nothing that was asked for is missing. */
export function isPlaintextAsWanted(row: InstanceRow | undefined, cause: Cause | null, address = row?.address): boolean {
  const own = [row?.address, row?.public_address, row?.ipv6_address]
  return row?.ssl === 'off' && cause === 'tls.plaintext_server' && own.includes(address)
}

const AS_WANTED: Looks = { tone: 'off', icon: 'unlocked', shield: 'unlocked' }

/** How an instance's newest test looks, and its word. */
export function testLooks(row: InstanceRow, test: LastTest): Looks & { word: string } {
  if (isPlaintextAsWanted(row, test.cause)) return { ...AS_WANTED, word: t('verdict_short.plaintext') }
  return { ...verdictLooks[test.verdict], word: t(`verdict_short.${test.verdict}`) }
}

/** How a report looks. */
export function reportLooks(row: InstanceRow | undefined, report: Report): Looks {
  return isPlaintextAsWanted(row, report.cause, report.target.address) ? AS_WANTED : verdictLooks[report.verdict]
}

const stageLooks: Record<Status, { class: string; icon: IconName }> = {
  passed: { class: 'ok', icon: 'passed' },
  warning: { class: 'warn', icon: 'blocked' },
  failed: { class: 'bad', icon: 'failed' },
  skipped: { class: 'skip-stage', icon: 'skipped' },
}

/** How a stage looks: a server that wants a password, or lets in who may not PING, is as it should be, not a warning, and so is plaintext where it was asked for. */
export function looksOf(stage: Stage, plaintextWanted = false): { class: string; icon: IconName; tone: 'ok' | 'info' | 'warn' | 'bad' } {
  if (plaintextWanted && stage.cause === 'tls.plaintext_server') return { class: 'off', icon: 'unlocked', tone: 'info' }
  if (stage.cause === 'redis.auth_required' || stage.cause === 'redis.no_permission') return { class: 'ok', icon: 'info', tone: 'info' }
  return { ...stageLooks[stage.status], tone: stage.status === 'failed' ? 'bad' : stage.status === 'warning' ? 'warn' : 'ok' }
}

/** The stage that the verdict rests on. */
export function decisive(report: Report): Stage | undefined {
  return report.stages.find((stage) => stage.status === 'failed') ?? report.stages.find((stage) => stage.cause !== null && stage.cause === report.cause)
}

/** A fact as text; lists side by side. */
export function factText(value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (Array.isArray(value)) return value.map(factText).join(', ')
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

export function linkName(link: Link): string {
  return link.facts?.common_name || link.facts?.subject || t('report.chain.unreadable')
}

/** Presented and expected names, when the name is what failed. */
export function nameConflict(report: Report): { expected: string; presented: string[] } | null {
  if (report.cause !== 'certificate.name_mismatch') return null
  const facts = report.stages.find((stage) => stage.id === 'name')?.facts ?? {}
  const leaf = report.chain.find((link) => link.role === 'leaf')
  const presented = Array.isArray(facts.presented) ? facts.presented.map(factText) : (leaf?.facts?.names.map((name) => name.value) ?? [])
  return { expected: typeof facts.expected === 'string' ? facts.expected : report.target.name, presented }
}

export function trustText(report: Report): string {
  return report.target.trust === 'os' ? t('report.trust_os') : t('report.trust_ca')
}

/** The addresses that were tested, when there are several. */
export function severalAddresses(report: Report): AddressReport[] {
  return report.addresses.length > 1 ? report.addresses : []
}
