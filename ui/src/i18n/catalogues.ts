import type { Cause, Oddity, PutCode, Report, Stage, Verdict } from '../host/generated'
import odditiesChinese from '../../../src-tauri/crates/certificate/oddities/zh-CN.json'
import oddities from '../../../src-tauri/crates/certificate/oddities/en.json'
import causesChinese from '../../../src-tauri/crates/probe/causes/zh-CN.json'
import causes from '../../../src-tauri/crates/probe/causes/en.json'
import cloudErrorsChinese from '../../../src-tauri/crates/tencent/errors/zh-CN.json'
import cloudClasses from '../../../src-tauri/crates/tencent/errors/classes.json'
import cloudErrors from '../../../src-tauri/crates/tencent/errors/en.json'
import putChinese from '../../../src-tauri/crates/engine/servers/zh-CN.json'
import putEnglish from '../../../src-tauri/crates/engine/servers/en.json'
import { language, type Language } from './index.svelte'

export interface CatalogueText {
  title: string
  explanation: string
  fix: string
}

type Catalogue = Record<string, CatalogueText>

const ofCauses: Record<Language, Catalogue> = { en: causes, 'zh-CN': causesChinese }
const ofCloudErrors: Record<Language, Catalogue> = { en: cloudErrors, 'zh-CN': cloudErrorsChinese }

/** Title, explanation and fix of a cause. */
export function causeText(cause: Cause | (string & {})): CatalogueText {
  return ofCauses[language()][cause] ?? { title: cause, explanation: '', fix: '' }
}

/** What its cause means at this stage: the fact `hint` picks the entry `<cause>.<hint>`. */
export function stageText(stage: Stage): CatalogueText | null {
  if (!stage.cause) return null
  const hint = stage.facts.hint
  const hinted = typeof hint === 'string' ? ofCauses[language()][`${stage.cause}.${hint}`] : undefined
  return hinted ?? causeText(stage.cause)
}

/** What the report's cause means, as its stage tells it. */
export function reportText(report: Report): CatalogueText | null {
  if (!report.cause) return null
  const stage = report.stages.find((stage) => stage.cause === report.cause)
  return stage ? stageText(stage) : causeText(report.cause)
}

/** What a verdict means. */
export function verdictText(verdict: Verdict): CatalogueText {
  return ofCauses[language()][`verdict.${verdict}`] ?? { title: verdict, explanation: '', fix: '' }
}

/** What is odd about a certificate. */
export function oddityText(oddity: Oddity): Pick<CatalogueText, 'title' | 'explanation'> {
  return (language() === 'zh-CN' ? odditiesChinese : oddities)[oddity]
}

const ofServers: Record<Language, Record<PutCode, { title: string; fix: string }>> = { en: putEnglish, 'zh-CN': putChinese }

/** What happened on a host, and what to do about it. */
export function putText(code: PutCode): { title: string; fix: string } {
  return ofServers[language()][code]
}

/** What the vendor's code means, else what its category does; none where neither is known. */
export function cloudErrorText(code: unknown): CatalogueText | null {
  if (typeof code !== 'string' || !isCode(code)) return null
  const texts = ofCloudErrors[language()]
  return texts[code] ?? texts[code.split('.')[0] ?? ''] ?? null
}

/** A code with its text. */
export interface Explained {
  code: string
  text: CatalogueText
  /** Of the vendor's codes: what kind of trouble it is, and the word for that. */
  kind: { id: string; title: string } | null
}

/** Every code that is documented and every cause of a test, in their order. */
export function allCodes(): Explained[] {
  const codes = Object.entries(ofCloudErrors[language()]).filter(([code]) => isCode(code))
  const causes = Object.entries(ofCauses[language()]).filter(([cause]) => !cause.startsWith('verdict.') && cause.split('.').length === 2)
  return [...codes.map(([code, text]) => ({ code, text, kind: kindOf(code) })), ...causes.map(([code, text]) => ({ code, text, kind: null }))]
}

/** A code that is not in the list: what its category says, else what is said of all that are not known. */
export function unlistedCode(code: string): Explained | null {
  const text = cloudErrorText(code)
  if (text) return { code, text, kind: kindOf(code) }
  const unknown = ofCloudErrors[language()].unknown
  return unknown && /^[A-Z]\w*(\.\w+)+$/.test(code) ? { code, text: unknown, kind: null } : null
}

/** Whether the words, in small letters, are in the code, its kind or, unless `briefly`, anywhere in its texts. */
export function mentions({ code, text, kind }: Explained, words: string, briefly = false): boolean {
  const short = [code, text.title, kind?.id, kind?.title]
  const all = briefly ? short : [...short, text.explanation, text.fix]
  return all.some((part) => part?.toLowerCase().includes(words))
}

function kindOf(code: string): Explained['kind'] {
  const classes: Record<string, string> = cloudClasses
  const id = classes[code] ?? classes[code.split('.')[0] ?? '']
  return id ? { id, title: ofCloudErrors[language()][id]?.title ?? id } : null
}

/** The other keys of the vendor's catalogue are kinds of trouble. */
function isCode(key: string): boolean {
  return /^[A-Z]/.test(key)
}
