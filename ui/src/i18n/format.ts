import { language, t } from './index.svelte'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number) => String(value).padStart(2, '0')

/** `2026-11-24`, in UTC as certificates are dated. */
export function date(at: string): string {
  return at.slice(0, 10)
}

/** `14:32:08` here and today, with the date before it on other days. */
export function moment(at: string, now = Date.now()): string {
  const then = new Date(at)
  const time = `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`
  if (new Date(now).toDateString() === then.toDateString()) return time
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`
}

/** `40 min`, `2 h`, `3 d`. */
export function ago(at: string, now: number): string {
  const age = Math.max(0, now - Date.parse(at))
  if (age < MINUTE) return t('time.just_now')
  if (age < HOUR) return t('time.minutes_ago', { n: Math.floor(age / MINUTE) })
  if (age < DAY) return t('time.hours_ago', { n: Math.floor(age / HOUR) })
  return t('time.days_ago', { n: Math.floor(age / DAY) })
}

/** Whole days until then; negative when it is past. */
export function daysUntil(at: string, now: number): number {
  return Math.floor((Date.parse(at) - now) / DAY)
}

/** When a certificate ends: days when near, a month when far. */
export function ending(at: string, now: number): string {
  const days = daysUntil(at, now)
  if (days < 0) return t('time.ended')
  return days < 90 ? t('time.days', { count: days }) : at.slice(0, 7)
}

/** `2046-06-11, in 19.5 years`. */
export function endingInFull(at: string, now: number): string {
  const days = daysUntil(at, now)
  if (days < 0) return t('time.ended_on', { date: date(at) })
  if (days < 730) return t('time.ends_in_days', { date: date(at), count: days })
  const tenths = Math.round(days / 36.525)
  const years = Math.floor(tenths / 10)
  if (tenths % 10 === 9) return t('time.ends_in_almost_years', { date: date(at), n: years + 1 })
  return t('time.ends_in_years', { date: date(at), n: number(tenths / 10, tenths % 10 ? 1 : 0) })
}

/** `0:48`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const rest = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`
  return hours ? `${hours}:${rest}` : rest
}

/** `1 min 16 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (ms < 1000) return t('time.tenths', { n: number(ms / 1000, 1) })
  if (seconds < 60) return t('time.seconds', { n: seconds })
  return t('time.minutes_seconds', { minutes: Math.floor(seconds / 60), seconds: two(seconds % 60) })
}

/** A span of seconds, whatever its sign, with its two largest units: `7 min 12 s`, `1 d 3 h`. */
export function span(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds))
  const units = [
    [Math.floor(whole / 86_400), 'span_days'],
    [Math.floor(whole / 3600) % 24, 'span_hours'],
    [Math.floor(whole / 60) % 60, 'span_minutes'],
    [whole % 60, 'span_seconds'],
  ] as const
  const first = units.findIndex(([count]) => count > 0)
  const parts = first < 0 ? units.slice(-1) : units.slice(first, first + 2).filter(([count]) => count > 0)
  return parts.map(([n, unit]) => t(`time.${unit}`, { n })).join(' ')
}

/** Microseconds as milliseconds. */
export function milliseconds(us: number): string {
  return number(us / 1000, us > 0 && us < 100 ? 2 : 1)
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(language(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

export function bytes(size: number): string {
  return size < 1024 ? `${size} B` : `${number(size / 1024, 1)} KB`
}

/** Groups of four, whole. */
export function fingerprint(hex: string): string {
  return (hex.toUpperCase().match(/.{1,4}/g) ?? []).join(' ')
}

/** Its two ends, enough to compare by eye; the whole value goes with a copy. */
export function shortFingerprint(hex: string): string {
  const groups = fingerprint(hex).split(' ')
  return groups.length <= 6 ? groups.join(' ') : `${groups.slice(0, 3).join(' ')} … ${groups.slice(-2).join(' ')}`
}
