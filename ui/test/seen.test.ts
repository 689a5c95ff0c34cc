import { waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { useLanguage } from '../src/i18n/index.svelte'
import { aspectText, changeText, endLooks, left, recentChange } from '../src/model/seen'
import { certificate } from './fixture/data'
import { comparison, events, expiry, history } from './fixture/seen'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-24T12:00:00Z')
const inDays = (days: number, ms = 0) => new Date(NOW + days * DAY + ms).toISOString()

describe('an end', () => {
  it('looks graver at each threshold, to the millisecond', () => {
    const tone = (at: string) => endLooks(at, NOW)?.tone
    expect([inDays(90, 1), inDays(90), inDays(30, 1), inDays(30), inDays(7, 1), inDays(7), inDays(0), inDays(-3)].map(tone)).toEqual([undefined, 'off', 'off', 'warn', 'warn', 'bad', 'bad', 'bad'])
    expect(endLooks(inDays(0), NOW)?.icon).toBe('failed')
    expect([inDays(-1), inDays(1), inDays(21), inDays(729), inDays(7140)].map((at) => left(at, NOW))).toEqual(['Ended', '1 day', '21 days', '729 days', '19.5 years'])
  })
})

describe('a change', () => {
  it('is said in a line, in both languages', () => {
    const [change] = events[0]?.changes ?? []
    if (!change) throw new Error('the fixture has none')
    expect(changeText(change)).toBe('Server certificate replaced: other key, validity, serial')
    expect(changeText({ ...change, role: 'ca', before: null, differences: [] })).toBe('CA crs-c7d0pw4e came')
    expect(changeText({ ...change, role: 'ca', after: null, differences: [] })).toBe('CA crs-c7d0pw4e went')
    useLanguage('zh-CN')
    expect(changeText(change)).toBe('服务器证书已更换：公钥、有效期、序列号')
  })

  it('has a key by its kind and fingerprint, and a validity by its days', () => {
    expect(aspectText('key', `ECDSA P-256 ${'ab'.repeat(32)}`)).toBe('ECDSA P-256, SHA-256 ABAB ABAB ABAB … ABAB ABAB')
    expect(aspectText('validity', '2026-06-11T00:00:00Z – 2046-06-16T00:00:00Z')).toBe('2026-06-11 – 2046-06-16')
    expect(aspectText('names', '')).toBe('–')
  })

  it('is news for thirty days', () => {
    const { sightings } = history('crs-1')
    expect(recentChange(sightings, Date.now())?.source).toBe('live')
    expect(recentChange(sightings, Date.now() + 31 * DAY)).toBeUndefined()
    expect(recentChange(sightings.slice(1), Date.now())).toBeUndefined()
  })
})

describe('the certificates', () => {
  it('are listed with what ends first, found by an instance’s name, and saved as a calendar', async () => {
    const { hook, user, host, container } = await openWindow('#/certificates')
    const table = await hook('ends')
    const thresholds = () => [...container.querySelectorAll('[data-threshold]')].map((row) => row.getAttribute('data-threshold'))
    expect(within(table).getAllByRole('row')).toHaveLength(expiry.certificates.length + 1)
    expect(thresholds().slice(0, 4)).toEqual(['0', '7', '30', '90'])
    expect((await hook('unseen')).textContent).toContain('2 instances')
    await user.type(await hook('certificates-filter'), 'feature-flags')
    await waitFor(() => expect(thresholds()).toEqual(['30']))
    await user.click(await hook('save-calendar'))
    expect(host.sent('save_calendar')).toEqual([{ language: 'en' }])
  })

  it('of an instance are compared on demand, and what changed is said there and in the activity', async () => {
    const host = fleetHost()
    const [, , first] = history('crs-5k2mfx7q').sightings
    let answered = 0
    host.answers.compare_certificate = () => (answered++ ? { ...comparison, changed: history('crs-5k2mfx7q').sightings.slice(0, 1) } : comparison)
    const { hook, user, findByText } = await openWindow('#/instances/crs-5k2mfx7q/ssl', host)
    expect((await hook('certificate-news')).textContent).toContain('other key, validity, serial')
    expect((await hook('proof')).dataset.signed).toBe('true')
    await user.click(await hook('compare-certificate'))
    await findByText('Nothing changed')
    await waitFor(() => expect(host.sent('instance_detail').length).toBeGreaterThan(1))
    await user.click(await hook('compare-certificate'))
    await findByText('Changed: Server certificate replaced: other key, validity, serial')
    await user.click(await hook('tab-certificates'))
    expect(first?.changes).toBeNull()
    expect((await hook('sighting-download')).textContent).toContain(certificate.certificates[0]?.common_name)
    await user.click(await hook('nav-activity'))
    expect((await hook('certificate-event-crs-5k2mfx7q')).textContent).toContain('Shown by the server')
  })

  it('are told on the desktop unless that is turned off', async () => {
    const { hook, user, host } = await openWindow('#/settings')
    await user.click(await hook('warn-of-expiry'))
    expect(host.sent('change_settings')[0]).toMatchObject({ settings: { warn_of_expiry: false } })
  })
})
