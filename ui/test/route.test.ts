import { describe, expect, it } from 'vitest'
import { newHostKey, routeInput, routeProblem, viaForm } from '../src/model/route'
import type { InstanceRow } from '../src/host/generated'
import { detail, fleet, hostKeys, report, stopped } from './fixture/data'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ID = 'crs-5k2mfx7q'
const unkept = { remembered: false, may_remember: true }

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
    // Port and user of an SSH host may stand in its configuration.
    expect(viaForm(ssh)?.url).toBe('ssh://ops@jump')
    expect(viaForm({ ...ssh, kind: 'socks5', user: '' })?.url).toBe('socks5://jump:1080')
    expect(routeProblem(ssh)).toBe('')
    expect(viaForm({ ...ssh, user: ' ' })?.url).toBe('ssh://jump')
    expect(routeProblem({ ...ssh, user: ' ' })).toBe('')
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
    expect(host.sent('test_connection')).toMatchObject([{ form: { via: { url: 'ssh://ops@jump', key_file: true, passphrase: 'secret', password: null } } }])
  })

  it('begins with that of the last test', async () => {
    const host = fleetHost()
    host.answers.test_route = ({ instance_id }) => ({ url: instance_id === ID ? 'http://me@proxy:3128' : null, key_file: null, ...unkept })
    const { user, hook } = await open(host)
    expect(((await hook('route-address')) as HTMLInputElement).value).toBe('proxy:3128')
    expect(((await hook('route-password')) as HTMLInputElement).value).toBe('')
    await user.click(await hook('route-direct'))
    await user.click(await hook('test-run'))
    await hook('verdict')
    expect(host.sent('test_connection')).toMatchObject([{ form: { via: null } }])
  })

  it('has its secrets in the keychain only where the user says so', async () => {
    const host = fleetHost()
    host.answers.test_route = () => ({ url: 'http://me@proxy:3128', key_file: null, ...unkept })
    const { user, hook } = await open(host)
    const tick = (await hook('route-remember')) as HTMLInputElement
    expect(tick.checked).toBe(false)
    await user.click(tick)
    // What was ticked for one hop says nothing of another.
    await user.click(await hook('route-ssh'))
    expect(((await hook('route-remember')) as HTMLInputElement).checked).toBe(false)
    await user.click(await hook('route-http'))
    await user.click(await hook('route-remember'))
    await user.type(await hook('route-password'), 'secret')
    await user.click(await hook('test-run'))
    await hook('verdict')
    expect(host.sent('test_connection')).toMatchObject([{ form: { via: { password: 'secret', remember: true } } }])
  })

  it('cannot be kept for an account that is not', async () => {
    const host = fleetHost()
    host.answers.test_route = () => ({ url: 'http://me@proxy:3128', key_file: null, remembered: false, may_remember: false })
    const { hook, container } = await open(host)
    await hook('route-password')
    expect(container.querySelector('[data-testid=route-remember]')).toBeNull()
  })

  it('of an old report is gone again with its key file and what the keychain has', async () => {
    const host = fleetHost()
    const url = 'ssh://jump'
    const row = fleet.find((each) => each.instance_id === ID)
    host.answers.instance_detail = () => detail(row as InstanceRow, { report: report({ route: 'ssh://ops@10.0.0.9:2222' }) })
    host.answers.test_route = () => ({ url, key_file: { path: '/home/dba/.ssh/work', encrypted: true }, remembered: true, may_remember: true })
    const { user, hook } = await openWindow(`#/instances/${ID}/report`, host)
    await user.click(await hook('run-deep'))
    await hook('verdict')
    expect(host.sent('test_connection')).toMatchObject([{ form: { deep: true, via: { url, key_file: true, remember: true } } }])
  })
})

describe('the key of a jump host', () => {
  it('that is new is shown, and used once it is accepted', async () => {
    const host = fleetHost()
    host.answers.test_route = () => ({ url: 'ssh://ops@jump:22', key_file: null, ...unkept })
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
    host.answers.test_route = () => ({ url: 'ssh://ops@jump:22', key_file: null, ...unkept })
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
    // Neither is it where another key was accepted than the host shows.
    const other = stopped('ssh.host_key_unknown')
    const hop = other.stages.find((stage) => stage.id === 'hop')
    expect(newHostKey(other)).not.toBeNull()
    if (hop) hop.facts['accepted_sha256'] = 'SHA256:other'
    expect(newHostKey(other)).toBeNull()
    const host = fleetHost()
    host.answers.test_connection = () => changed
    const { user, hook, container } = await open(host)
    await user.click(await hook('test-run'))
    expect((await hook('cause')).getAttribute('data-cause')).toBe('ssh.host_key_changed')
    for (const fingerprint of [hostKeys.shown, hostKeys.recorded]) expect(container.textContent).toContain(fingerprint)
    expect(container.ownerDocument.querySelector('[data-testid=host-key]')).toBeNull()
  })
})
