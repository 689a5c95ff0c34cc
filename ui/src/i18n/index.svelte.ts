import { createInstance } from 'i18next'
import en from './en.json'
import chinese from './zh-CN.json'

export type Language = 'en' | 'zh-CN'

type Base<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}` ? Stem : Key
type Leaf<Node, Path extends string = ''> = {
  [Key in keyof Node & string]: Node[Key] extends string
    ? `${Path}${Base<Key>}`
    : Leaf<Node[Key], `${Path}${Key}.`>
}[keyof Node & string]

/** Every text of the window. */
export type TextKey = Leaf<typeof en>
export type TextParameters = Record<string, string | number>

const texts = createInstance()
void texts.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: en }, 'zh-CN': { translation: chinese } },
  interpolation: { escapeValue: false },
})

let current = $state<Language>('en')
let ownCloud = $state<string | null>(null)

/** The language that is shown. */
export function language(): Language {
  return current
}

/** The text in the language that is shown; templates follow a change by themselves. */
export function t(key: TextKey, parameters: TextParameters = {}): string {
  return texts.t(key, { cloud: cloudName(ownCloud), ...parameters, lng: current })
}

/** The cloud as texts call it: the vendor's, or the host of an endpoint of one's own. */
export function cloudName(host: string | null): string {
  if (host === null) return texts.t('cloud.name', { lng: current })
  return current === 'zh-CN' ? `「${host}」` : host
}

/** Which cloud `{{cloud}}` is where a text is not given another. */
export function useCloud(host: string | null): void {
  ownCloud = host
}

/** Whether a text exists, for keys that come from outside. */
export function hasText(key: string): key is TextKey {
  return texts.exists(key, { lng: current })
}

/** `system`, or what the user chose. */
export function useLanguage(choice: string): void {
  current = resolve(choice)
  document.documentElement.lang = current
}

function resolve(choice: string): Language {
  if (choice === 'en' || choice === 'zh-CN') return choice
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
