import type { IconName } from '../components/icons'
import type { Aspect, CertificateChange, CertificateEnd, Facts } from '../host/generated'
import { daysUntil, number, shortFingerprint } from '../i18n/format'
import { t } from '../i18n/index.svelte'

/** Days before an end at which it matters more, as the engine counts them. */
export const thresholds = [90, 30, 7, 1] as const

/** How an end looks that is near; nothing before the first threshold. */
export function endLooks(at: string, now: number): { tone: 'bad' | 'warn' | 'off'; icon: IconName } | null {
  const left = Date.parse(at) - now
  const passed = (days: number) => left <= days * 86_400_000
  if (passed(0)) return { tone: 'bad', icon: 'failed' }
  if (passed(thresholds[2])) return { tone: 'bad', icon: 'clock' }
  if (passed(thresholds[1])) return { tone: 'warn', icon: 'clock' }
  return passed(thresholds[0]) ? { tone: 'off', icon: 'clock' } : null
}

/** What is left: days, and years when it is far. */
export function left(at: string, now: number): string {
  const days = daysUntil(at, now)
  if (days < 0) return t('time.ended')
  return days < 730 ? t('time.days', { count: days }) : t('seen.years', { n: number(Math.floor(days / 36.525) / 10, 1) })
}

export function certificateName(facts: Pick<Facts, 'common_name' | 'subject'>): string {
  return facts.common_name || facts.subject
}

/** What happened to one certificate, in a line. */
export function changeText({ role, before, after, differences }: CertificateChange): string {
  const name = t(`seen.role.${role}`)
  if (before && after) {
    const aspects = differences.map(({ aspect }) => t(`seen.aspect.${aspect}`)).join(t('seen.list'))
    return t('seen.replaced', { name, aspects })
  }
  const one = before ?? after
  return t(before ? 'seen.went' : 'seen.came', { name, certificate: one ? certificateName(one) : '' })
}

/** One side of a difference as people read it. */
export function aspectText(aspect: Aspect, value: string): string {
  if (!value) return '–'
  if (aspect === 'validity') return value.replace(/T[^ ]*/g, '')
  // A kind and the fingerprint of the key.
  const key = aspect === 'key' && /^(.*) ([0-9a-f]{64})$/.exec(value)
  return key ? `${key[1]}, SHA-256 ${shortFingerprint(key[2] ?? '')}` : value
}

/** Whose end comes first, where it does. */
export function firsts({ instances }: CertificateEnd): number {
  return instances.filter(({ first }) => first).length
}

/** The latest change that is not old news, newest first. */
export function recentChange<S extends { first_seen: string; changes: CertificateChange[] | null }>(sightings: readonly S[], now: number): S | undefined {
  return sightings.find(({ changes, first_seen }) => changes?.length && now - Date.parse(first_seen) < NEWS_DAYS * 86_400_000)
}

const NEWS_DAYS = 30
