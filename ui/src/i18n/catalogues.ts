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
const errors = byLanguage<unknown>(
  import.meta.glob<Catalogue<unknown>>('../../../src-tauri/crates/tencent/errors/*.json', { eager: true, import: 'default' }),
)

/** Title, explanation and fix of a cause. */
export function causeText(cause: Cause): CauseText {
  return causes[language()]?.[cause] ?? { title: cause, explanation: '', fix: '' }
}

/** What the vendor's code means; nothing for a code that is not known. */
export function cloudErrorText(code: unknown): string {
  if (typeof code !== 'string') return ''
  const entry = errors[language()]?.[code]
  return typeof entry === 'string' ? entry : ''
}

function byLanguage<Entry>(files: Record<string, Catalogue<Entry>>): Partial<Record<Language, Catalogue<Entry>>> {
  return Object.fromEntries(Object.entries(files).map(([path, entries]) => [/([^/]+)\.json$/.exec(path)?.[1], entries]))
}
