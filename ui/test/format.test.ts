import { expect, it } from 'vitest'
import { endingInFull } from '../src/i18n/format'
import { useLanguage } from '../src/i18n/index.svelte'

const NOW = Date.parse('2026-11-24T00:00:00Z')

it('a far end is as far as it says', () => {
  const said = (at: string) => endingInFull(`${at}T00:00:00Z`, NOW)
  expect(said('2027-01-03')).toBe('2027-01-03, in 40 days')
  expect(said('2044-05-24')).toBe('2044-05-24, in 17.5 years')
  expect(said('2046-10-20')).toBe('2046-10-20, in almost 20 years')
  expect(said('2046-11-20')).toBe('2046-11-20, in 20 years')
  expect(said('2046-12-24')).toBe('2046-12-24, in 20.1 years')
  expect(said('2026-11-01')).toBe('2026-11-01, ended')
  useLanguage('zh-CN')
  expect(said('2046-10-20')).toBe('2046-10-20，还有将近 20 年')
})
