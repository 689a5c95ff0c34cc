import { describe, expect, it } from 'vitest'
import causes from '../../src-tauri/crates/probe/causes/en.json'
import causesChinese from '../../src-tauri/crates/probe/causes/zh-CN.json'
import en from '../src/i18n/en.json'
import chinese from '../src/i18n/zh-CN.json'
import { literals } from './sources'

function flatten(node: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') texts.set(path + key, value)
    else for (const [inner, text] of flatten(value as object, `${path}${key}.`)) texts.set(inner, text)
  }
  return texts
}

const stem = (key: string) => key.replace(/_(one|other)$/, '')
const parameters = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort()

const english = flatten(en)
const han = flatten(chinese)

describe('the texts', () => {
  it('exist in both languages', () => {
    expect([...new Set([...han.keys()].map(stem))].sort()).toEqual([...new Set([...english.keys()].map(stem))].sort())
    expect(Object.keys(causesChinese).sort()).toEqual(Object.keys(causes).sort())
  })

  it('name the same parameters in both languages', () => {
    const differing = [...han].filter(([key, text]) => {
      const other = english.get(key) ?? english.get(`${stem(key)}_other`) ?? ''
      // A count that only chooses the English form need not be shown in Chinese.
      const wanted = parameters(other).filter((name) => name !== '{{count}}')
      return JSON.stringify(parameters(text).filter((name) => name !== '{{count}}')) !== JSON.stringify(wanted)
    })
    expect(differing).toEqual([])
  })

  it('are all used', () => {
    const used = literals()
    const unused = [...new Set([...english.keys()].map(stem))].filter((key) => !used.some((pattern) => pattern.test(key)))
    expect(unused).toEqual([])
  })
})
