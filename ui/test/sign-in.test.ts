import { describe, expect, it } from 'vitest'
import { endpointProblem } from '../src/model/endpoint'
import { account, after, app, found, founds, inspected, met } from './fixture/data'
import { failure } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const network = { proxy: { kind: 'system' }, login: { kind: 'none' }, api_ca: null, accept: [] }

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
      { form: { name: '', site: { kind: 'international' }, secret_id: 'AKIDz8krbsJ5yKBZQpn7EXAMPLE', secret_key: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', token: null, expires: null, keep: 'keychain', network, replaces: null } },
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
    const { user, hook, host } = await firstRun({ detected: [found({ id: 'environment' })] })
    expect(host.sent('take_detected')).toEqual([])
    host.answers.take_detected = () => app().accounts[0]!
    await user.click(await hook('detected-environment'))
    expect(host.sent('take_detected')).toMatchObject([{ id: 'environment', keep: 'keychain' }])
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

describe('the way to the cloud', () => {
  it('says who reads along before a key is sent, and goes on only when told to', async () => {
    const { user, hook, host, container, queryByTestId } = await firstRun()
    const ask = host.answers.sign_in
    host.answers.sign_in = () => {
      throw failure({ code: 'connection_inspected', details: { peer: inspected } })
    }
    await user.type(await hook('field-secret-id'), 'AKID')
    await user.type(await hook('field-secret-key'), 'key')
    await user.click(await hook('door-signin-submit'))
    expect((await hook('reads-along')).textContent).toContain('Example Corp Inspection CA (Example Corp)')
    expect(container.textContent).toContain('The SecretKey is never sent')
    await user.click(await hook('reads-cancel'))
    expect(queryByTestId('reads-along')).toBeNull()
    await user.click(await hook('door-signin-submit'))
    host.answers.sign_in = ask
    await user.click(await hook('reads-accept'))
    expect(host.sent('sign_in').map(({ form }) => form.network.accept)).toEqual([[], [], [inspected.root?.key]])
  })

  it('takes a proxy and its login, and says what is wrong with it', async () => {
    const { user, hook, host, container } = await firstRun()
    await user.type(await hook('field-secret-id'), 'AKID')
    await user.type(await hook('field-secret-key'), 'key')
    await user.click(await hook('network-summary'))
    await user.click(await hook('proxy-url'))
    await user.type(await hook('field-proxy'), 'ftp://proxy')
    await user.click(await hook('door-signin-submit'))
    expect(container.textContent).toContain('Only http, https, socks5 and socks5h can be used')
    expect(host.sent('sign_in')).toEqual([])
    await user.clear(await hook('field-proxy'))
    await user.type(await hook('field-proxy'), 'socks5h://proxy:1080')
    await user.type(await hook('field-proxy-user'), 'me')
    await user.type(await hook('field-proxy-password'), 'secret')
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')[0]?.form.network).toEqual({ ...network, proxy: { kind: 'url', url: 'socks5h://proxy:1080' }, login: { kind: 'given', user: 'me', password: 'secret' } })
  })

  it('names a file of keys that cannot be used', async () => {
    const { container, queryByTestId } = await firstRun({ detected: founds })
    expect(container.textContent).toContain('line 7 is not in the form of such a file')
    expect(container.textContent).toContain('tccli renews it')
    expect(queryByTestId('detected-profile')).toBeNull()
  })
})

describe('the account in use', () => {
  const signedIn = (change: Partial<typeof account>) => firstRun({ active: account.id, accounts: [{ ...account, ...change }] })

  it('says whose rights its key has', async () => {
    const { hook } = await signedIn({})
    expect((await hook('identity')).textContent).toBe('Sub-user 100000000002')
    expect((await hook('account-menu')).title).toContain('sub-user 100000000002 of account 100000000001')
  })

  it('tells a clock that is off, with its offset and which way', async () => {
    const { hook } = await signedIn({ clock_offset: 432 })
    expect((await hook('clock-note')).textContent).toContain('clock is 7 min 12 s behind Tencent Cloud')
  })

  it('keeps quiet about a clock that is right enough', async () => {
    const { hook, queryByTestId } = await signedIn({ clock_offset: -59 })
    await hook('identity')
    expect(queryByTestId('clock-note')).toBeNull()
  })

  it('asks for a new key of the same user before a temporary one ends', async () => {
    const { user, hook, host } = await signedIn({ temporary: true, expires: after(9 * 60_000 + 500) })
    expect((await hook('key-note')).textContent).toContain('ends in 9 min')
    await user.click(await hook('new-key'))
    await user.type(await hook('field-secret-id'), 'AKIDnew')
    await user.type(await hook('field-secret-key'), 'key')
    await user.type(await hook('field-token'), 'token')
    await user.click(await hook('door-signin-submit'))
    expect(host.sent('sign_in')[0]?.form).toMatchObject({ replaces: account.id, name: account.name, token: 'token' })
  })

  it('changes its network without its key, and accepts who was met', async () => {
    const { user, hook, host, findByTestId } = await signedIn({ network: met })
    host.answers.check_account = () => {
      throw failure({ code: 'connection_inspected', details: { peer: inspected } })
    }
    host.answers.change_network = host.answers.accept_root = () => ({ ...account, network: met })
    location.hash = '#/settings'
    await user.click(await findByTestId(`network-${account.id}`))
    expect(await hook('reads-along')).toBeTruthy()
    host.answers.check_account = () => ({ ...account, network: met })
    await user.click(await hook('reads-accept'))
    expect(host.sent('accept_root')).toEqual([{ account_id: account.id, key: inspected.root?.key }])
    expect((await hook('reached')).textContent).toContain('through proxy.example.com:8080')
    await user.click(await hook('proxy-none'))
    await user.click(await hook('network-save'))
    expect(host.sent('change_network')).toEqual([{ account_id: account.id, network: { ...network, proxy: { kind: 'none' }, login: { kind: 'keep' }, api_ca: 'ca-1' } }])
  })

  it('shows who may read along, and refuses them again', async () => {
    const { user, hook, host, findByTestId, queryByTestId } = await signedIn({ network: met })
    host.answers.check_account = () => ({ ...account, network: met })
    location.hash = '#/settings'
    await user.click(await findByTestId(`network-${account.id}`))
    expect((await hook('accepted')).textContent).toContain('Corp')
    const refused = { ...account, network: { ...met, accepted: [] } }
    host.answers.refuse_root = () => refused
    host.answers.check_account = () => {
      host.emit('app_changed', app({ accounts: [refused] }))
      throw failure({ code: 'connection_inspected', details: { peer: inspected } })
    }
    await user.click(await hook('refuse-root'))
    expect(host.sent('refuse_root')).toEqual([{ account_id: account.id, key: inspected.root?.key }])
    expect(await hook('reads-along')).toBeTruthy()
    expect(queryByTestId('accepted')).toBeNull()
  })

  it('asks for another login of the proxy where the kept one was refused', async () => {
    const { user, hook, host, findByTestId } = await signedIn({ network: met })
    host.answers.check_account = () => {
      throw failure({ code: 'proxy_login', details: { failure: 'login_refused', proxy: 'proxy.example.com:8080' } })
    }
    location.hash = '#/settings'
    await user.click(await findByTestId(`network-${account.id}`))
    expect((await hook('error')).textContent).toContain('The proxy refused the login.')
    await user.type(await hook('field-proxy-user'), 'me')
    await user.type(await hook('field-proxy-password'), 'secret')
    host.answers.change_network = host.answers.check_account = () => ({ ...account, network: met })
    await user.click(await hook('network-save'))
    expect(host.sent('change_network')[0]?.network).toMatchObject({ login: { kind: 'given', user: 'me', password: 'secret' } })
  })
})
