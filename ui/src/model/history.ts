import type { JobEvent } from '../host/generated'
import { causeText } from '../i18n/catalogues'
import { shortFingerprint } from '../i18n/format'
import { hasText, t, type TextKey } from '../i18n/index.svelte'
import { factText } from './report'

/** What happened; a code of another version is shown as it is. */
export function eventText({ code, facts }: JobEvent): string {
  if (code === 'waiting_for_key' && 'cam_action' in facts) return t('job_event.waiting_for_permission')
  const key: TextKey = `job_event.${code}`
  return hasText(key) ? t(key) : code
}

/** What is known of it, each fact with its name. The raw facts have what no name stands for. */
export function eventFacts({ facts }: JobEvent): string[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const name = `fact.${key}`
    if (value === null || !hasText(name) || (key === 'message' && 'code' in facts)) return []
    return [t('fact.named', { name: t(name), value: valueText(key, value) })]
  })
}

/** The codes of engine, probe and vendor in words where there are some. */
function valueText(key: string, value: unknown): string {
  const code = factText(value)
  switch (key) {
    case 'code':
      return errorTitle(code)
    case 'status':
      return words(`task_status.${code}`, code)
    case 'verdict':
      return words(`verdict_short.${code}`, code)
    case 'cause':
      return causeText(code).title
    case 'seen':
      return words(`plaintext_seen.${code}`, code)
    case 'leaf_before':
    case 'leaf':
    case 'sha256':
      return shortFingerprint(code)
    default:
      return code
  }
}

/** An error's title, where only its code is known. */
export function errorTitle(code: string): string {
  const title = words(`error.${code}.title`, words(`outcome.${code}`, code), { field: t('common.unknown') })
  return title.replace(/[.。]$/, '')
}

function words(key: string, word: string, parameters: Record<string, string> = {}): string {
  return hasText(key) ? t(key, parameters) : word
}
