import type { Cause } from '../host/generated'
import { language, type Language } from './index.svelte'

type Catalogue<Entry> = Record<string, Entry>

export interface CauseText {
  title: string
  explanation: string
  fix: string
}

const causes = byLanguage<CauseText>(
  import.meta.glob<Catalogue<CauseText>>('../../../src-tauri/crates/probe/causes/*.json', { eager: true, import: 'default' }),
)
const errors = byLanguage<CauseText>(
  import.meta.glob<Catalogue<CauseText>>('../../../src-tauri/crates/tencent/errors/*.json', { eager: true, import: 'default' }),
)

/** Title, explanation and fix of a cause. */
export function causeText(cause: Cause): CauseText {
  return causes[language()]?.[cause] ?? { title: cause, explanation: '', fix: '' }
}

/** Why, and what to do, for the vendor's code or else its category; nothing for one that is not known. */
export function cloudErrorText(code: unknown): string {
  if (typeof code !== 'string') return ''
  const catalogue = errors[language()]
  const entry = catalogue?.[code] ?? catalogue?.[code.split('.', 1)[0] ?? '']
  return entry ? [entry.explanation, entry.fix].join(language() === 'en' ? ' ' : '') : ''
}

function byLanguage<Entry>(files: Record<string, Catalogue<Entry>>): Partial<Record<Language, Catalogue<Entry>>> {
  return Object.fromEntries(Object.entries(files).map(([path, entries]) => [/([^/]+)\.json$/.exec(path)?.[1], entries]))
}
