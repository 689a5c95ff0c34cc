import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { sources } from './sources'

const folder = resolve(import.meta.dirname, '../src/styles')
const sheet = readdirSync(folder).map((file) => readFileSync(resolve(folder, file), 'utf8')).join('\n')

it('style nothing that no screen has', () => {
  const classes = new Set([...sheet.replace(/\/\*[^]*?\*\//g, '').matchAll(/\.([a-z][\w-]*)(?=[^{}]*\{)/g)].map((match) => match[1] as string))
  const code = sources.join('\n')
  const used = (name: string) => {
    if (new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code)) return true
    // `st--{tone}` and `pill--${tone}` make the rest at run time.
    const stems = [...name.matchAll(/-(?=\w)/g)].map((match) => name.slice(0, match.index + 1))
    return stems.some((stem) => code.includes(`${stem}{`) || code.includes(`${stem}\${`))
  }
  expect([...classes].filter((name) => !used(name))).toEqual([])
})

it('need nothing that the content security policy forbids', () => {
  expect(sheet).not.toMatch(/url\(["']?data:/)
  expect(sources.filter((text) => /<[a-z][^>]*\sstyle=/.test(text))).toEqual([])
})
