import { describe, expect, it } from 'vitest'
import { endpointProblem } from '../src/model/endpoint'
import { account, app } from './fixture/data'
import { failure } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

function firstRun(change: Parameters<typeof app>[0] = {}) {
  const host = fleetHost()
  host.answers.app_snapshot = () => app({ active: null, accounts: [], ...change })
  return openWindow('#/instances', host)
}

describe('the first run', () => {
  it('opens the sandbox', async () => {
    const { user, hook, host } = await firstRun()
    await user.click(await hook('door-sandbox'))
    expect(host.sent('open_sandbox')).toHaveLength(1)
  })

  it('signs in with a key and forgets it', async () => {
    const { user, hook, host } = await firstRun()
    await user.type(await hook('field-secret-id'), ' AKIDz8krbsJ5yKBZQpn7EXAMPLE ')
    await user.type(await hook('field-secret-key'), 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE')
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')).toEqual([
      { form: { name: '', site: { kind: 'international' }, secret_id: 'AKIDz8krbsJ5yKBZQpn7EXAMPLE', secret_key: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', token: null, keep: 'keychain' } },
    ])
    expect((await hook('field-secret-key')) as HTMLInputElement).toHaveProperty('value', '')
  })

  it('says what is missing and loses nothing when the key is rejected', async () => {
    const { user, hook, host, container } = await firstRun()
    host.answers.sign_in = () => {
      throw failure({ code: 'credentials_rejected' })
    }
    await user.click(await hook('door-signin-submit'))
    expect(container.textContent).toContain('Enter the SecretKey')
    await user.type(await hook('field-secret-id'), 'AKID')
    await user.type(await hook('field-secret-key'), 'wrong')
    await user.click(await hook('door-signin-submit'))
    expect((await hook('error')).getAttribute('data-code')).toBe('credentials_rejected')
    expect((await hook('field-secret-key')) as HTMLInputElement).toHaveProperty('value', 'wrong')
  })

  it('says at the field that a name is too long', async () => {
    const { user, hook, host, container } = await firstRun()
    await user.type(await hook('field-secret-id'), 'AKID')
    await user.type(await hook('field-secret-key'), 'key')
    await user.type(await hook('field-name'), 'n'.repeat(101))
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')).toEqual([])
    expect((await hook('field-name')).getAttribute('aria-invalid')).toBe('true')
    expect(container.textContent).toContain('At most 100 characters')
  })

  it('names the host of an endpoint of one’s own where it names the cloud', async () => {
    const { hook } = await firstRun({ active: account.id, accounts: [{ ...account, site: { kind: 'custom', url: 'https://redis.corp.example:8443/' } }] })
    expect((await hook('site')).textContent).toBe('redis.corp.example:8443')
    expect((await hook('account-menu')).textContent).toContain('redis.corp.example:8443')
  })

  it('takes an endpoint that is https or on this computer', async () => {
    const { user, hook, host, container } = await firstRun()
    await user.click(await hook('field-site-custom'))
    await user.type(await hook('field-secret-id'), 'AKID')
    await user.type(await hook('field-secret-key'), 'key')
    await user.type(await hook('field-endpoint'), 'http://redis.example.com')
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')).toEqual([])
    expect(container.textContent).toContain('a key would cross the network in the clear')
    await user.clear(await hook('field-endpoint'))
    await user.type(await hook('field-endpoint'), 'http://127.0.0.1:8080')
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')).toMatchObject([{ form: { site: { kind: 'custom', url: 'http://127.0.0.1:8080' } } }])
  })

  for (const vault of ['unavailable', 'no_collection', 'locked'] as const) {
    it(`with a keychain that is ${vault} says what to do and keeps the key in memory`, async () => {
      const { hook } = await firstRun({ vault })
      expect((await hook('vault-state')).textContent).toContain('for this session only')
      expect((await hook('keep-session')) as HTMLInputElement).toHaveProperty('checked', true)
    })
  }

  it('takes a key that it found only when asked', async () => {
    const { user, hook, host } = await firstRun({ detected: [{ id: 'env', source: 'environment', place: 'TENCENTCLOUD_SECRET_ID', secret_id: 'AKID…MPLE' }] })
    expect(host.sent('take_detected')).toEqual([])
    host.answers.take_detected = () => app().accounts[0]!
    await user.click(await hook('detected-env'))
    expect(host.sent('take_detected')).toMatchObject([{ id: 'env', keep: 'keychain' }])
  })

  it('changes language and theme at once', async () => {
    const { user, hook, container } = await firstRun()
    await user.click(await hook('lang-zh'))
    expect(document.documentElement.lang).toBe('zh-CN')
    expect(container.textContent).toContain('使用腾讯云密钥登录')
    await user.click(await hook('theme-dark'))
    expect(document.documentElement.dataset.theme).toBe('dark')
  })
})

it('the licences of what is bundled can be read', async () => {
  const { user, hook } = await openWindow('#/settings')
  await user.click(await hook('show-licences'))
  const text = (await hook('licences')).textContent
  expect(text).toContain('Copyright 2016 The Inter Project Authors')
  expect(text).toContain('Copyright 2020 The JetBrains Mono Project Authors')
  expect(text).toContain('SIL OPEN FONT LICENSE Version 1.1')
})

it('endpoints', () => {
  expect(endpointProblem('')).toBe('missing')
  expect(endpointProblem('redis.example.com')).toBe('malformed')
  expect(endpointProblem('ftp://127.0.0.1')).toBe('malformed')
  expect(endpointProblem('http://127.0.0.1.example.com')).toBe('insecure')
  expect(endpointProblem('http://[::1]:9000')).toBeNull()
  expect(endpointProblem('https://redis.example.com')).toBeNull()
})
