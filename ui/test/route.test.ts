import { describe, expect, it } from 'vitest'
import { newHostKey, routeInput, routeProblem, viaForm } from '../src/model/route'
import { hostKeys, report, stopped } from './fixture/data'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ID = 'crs-5k2mfx7q'

function open(host = fleetHost()) {
  return openWindow(`#/instances/${ID}/test`, host)
}

describe('a route', () => {
  it('is read back from its URL without secrets', () => {
    for (const url of ['socks5://127.0.0.1:1080', 'http://me@corp@proxy:3128', 'ssh://ops@[::1]:22']) expect(viaForm(routeInput({ url }))?.url).toBe(url)
    expect(viaForm(routeInput({ url: null }))).toBeNull()
    expect(viaForm(routeInput({ url: 'gopher://x' }))).toBeNull()
  })

  it('gets the usual port where none is given, and says what is missing', () => {
    const ssh = { ...routeInput(null), kind: 'ssh' as const, address: 'jump', user: 'ops' }
    expect(viaForm(ssh)?.url).toBe('ssh://ops@jump:22')
    expect(viaForm({ ...ssh, kind: 'socks5', user: '' })?.url).toBe('socks5://jump:1080')
    expect(routeProblem(ssh)).toBe('')
    expect(routeProblem({ ...ssh, user: ' ' })).toBe('user')
    expect(routeProblem({ ...ssh, address: '' })).toBe('missing')
    expect(routeProblem({ ...ssh, address: 'jump:0' })).toBe('port')
    expect(routeProblem({ ...ssh, address: 'a b' })).toBe('malformed')
  })

  it('of an SSH host is sent with what logs in, and secrets are not shown again', async () => {
    const { host, user, hook, findByText } = await open()
    host.answers.choose_key_file = () => ({ path: '/home/dba/.ssh/work', encrypted: true })
    await user.click(await hook('route-ssh'))
    await user.click(await hook('test-run'))
    await findByText('Enter host and port')
    await user.type(await hook('route-address'), 'jump')
    await user.type(await hook('route-user'), 'ops')
    await user.click(await hook('choose-key-file'))
    await user.type(await hook('route-passphrase'), 'secret')
    await user.click(await hook('test-run'))
    await hook('verdict')
    expect(host.sent('test_connection')).toMatchObject([{ form: { via: { url: 'ssh://ops@jump:22', key_file: true, passphrase: 'secret', password: null } } }])
  })

  it('begins with that of the last test', async () => {
    const host = fleetHost()
    host.answers.test_route = ({ instance_id }) => ({ url: instance_id === ID ? 'http://me@proxy:3128' : null, key_file: null })
    const { user, hook } = await open(host)
    expect(((await hook('route-address')) as HTMLInputElement).value).toBe('proxy:3128')
    expect(((await hook('route-password')) as HTMLInputElement).value).toBe('')
    await user.click(await hook('route-direct'))
    await user.click(await hook('test-run'))
    await hook('verdict')
    expect(host.sent('test_connection')).toMatchObject([{ form: { via: null } }])
  })
})

describe('the key of a jump host', () => {
  it('that is new is shown, and used once it is accepted', async () => {
    const host = fleetHost()
    host.answers.test_route = () => ({ url: 'ssh://ops@jump:22', key_file: null })
    host.answers.test_connection = ({ form }) => (form.via?.accept_host_key === hostKeys.shown ? report() : stopped('ssh.host_key_unknown'))
    const { user, hook } = await open(host)
    await user.click(await hook('test-run'))
    expect((await hook('host-key-fingerprint')).textContent).toBe(hostKeys.shown)
    await user.click(await hook('host-key-accept'))
    expect((await hook('verdict')).getAttribute('data-verdict')).toBe('secure')
    expect(host.sent('test_connection')).toHaveLength(2)
  })

  it('that is refused leaves the test where it was', async () => {
    const host = fleetHost()
    host.answers.test_route = () => ({ url: 'ssh://ops@jump:22', key_file: null })
    host.answers.test_connection = () => stopped('ssh.host_key_unknown')
    const { user, hook } = await open(host)
    await user.click(await hook('test-run'))
    await user.click(await hook('host-key-refuse'))
    expect((await hook('cause')).getAttribute('data-cause')).toBe('ssh.host_key_unknown')
    expect(host.sent('test_connection')).toHaveLength(1)
  })

  it('that has changed is an error with both fingerprints, and nobody is asked', async () => {
    const changed = stopped('ssh.host_key_changed')
    expect(newHostKey(changed)).toBeNull()
    const host = fleetHost()
    host.answers.test_connection = () => changed
    const { user, hook, container } = await open(host)
    await user.click(await hook('test-run'))
    expect((await hook('cause')).getAttribute('data-cause')).toBe('ssh.host_key_changed')
    for (const fingerprint of [hostKeys.shown, hostKeys.recorded]) expect(container.textContent).toContain(fingerprint)
    expect(container.ownerDocument.querySelector('[data-testid=host-key]')).toBeNull()
  })
})
