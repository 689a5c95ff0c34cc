import { waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { before, job } from './fixture/data'
import { failure, edge } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ON = 'crs-5k2mfx7q'
const READY = 'crs-m4x8za2j'

describe('the address of the certificate', () => {
  it('is chosen in the plan, which is asked for anew and applied as it was answered', async () => {
    const { user, hook, host } = await openWindow(`#/instances/${READY}/ssl`)
    await user.click(await hook('enable-ssl'))
    await user.click(await hook('address-private_ipv4'))
    await waitFor(async () => expect((await hook('address-private_ipv4')).getAttribute('aria-checked')).toBe('true'))
    expect(host.sent('plan').map((sent) => sent.action)).toEqual([{ kind: 'enable_ssl' }, { kind: 'enable_ssl', address: 'private_ipv4' }])
    await user.click(await hook('address-none'))
    await waitFor(() => expect(host.sent('plan').at(-1)?.action).toEqual({ kind: 'enable_ssl' }))
    await user.click(await hook('apply-plan'))
    await waitFor(() => expect(host.sent('apply')).toHaveLength(1))
  })

  it('cannot be applied while the plan for it is awaited', async () => {
    const host = fleetHost()
    const { user, hook } = await openWindow(`#/instances/${READY}/ssl`, host)
    await user.click(await hook('enable-ssl'))
    await hook('apply-plan')
    host.answers.plan = () => new Promise(() => undefined)
    await user.click(await hook('address-private_ipv4'))
    await user.click(await hook('apply-plan'))
    expect(host.sent('apply')).toEqual([])
  })
})

describe('the encryption mode', () => {
  it('is what a try without TLS shows where the cloud does not say it', async () => {
    const { user, hook } = await openWindow(`#/instances/${ON}/ssl`)
    expect((await hook('ssl-options')).dataset.mode).toBe('')
    await user.click(await hook('try-plaintext'))
    await waitFor(async () => expect((await hook('ssl-options')).dataset.mode).toBe('flexible'))
    expect((await hook('plaintext-seen')).dataset.seen).toBe('accepted')
  })

  it('required takes the typed id, flexible does not', async () => {
    const { user, hook, host } = await openWindow(`#/instances/${ON}/ssl`)
    await user.click(await hook('mode-required'))
    await user.type(await hook('confirm-typed'), ON)
    await user.click(await hook('confirm-apply'))
    expect(host.sent('plan').at(-1)?.action).toEqual({ kind: 'set_encryption_mode', mode: 'required' })
    await waitFor(() => expect(host.sent('apply')).toMatchObject([{ confirmation: { typed: ON } }]))
  })

  it('ends with SSL: what was seen before it was turned on again does not count', async () => {
    const host = fleetHost()
    const tried = { at: before(60_000), phase: 'testing' as const, code: 'tried_without_tls' as const, facts: { seen: 'refused' } }
    const mode = job({ id: 'mode', action: { kind: 'set_encryption_mode', mode: 'required' }, instance_id: ON, phase: 'succeeded', started: before(90_000), events: [tried] })
    host.answers.job_snapshots = () => [mode]
    const { hook } = await openWindow(`#/instances/${ON}/ssl`, host)
    await waitFor(async () => expect((await hook('ssl-options')).dataset.mode).toBe('required'))
    host.emit('job_changed', job({ id: 'again', instance_id: ON, phase: 'succeeded', started: before(30_000), events: [] }))
    await waitFor(async () => expect((await hook('ssl-options')).dataset.mode).toBe(''))
  })
})

describe('a new certificate', () => {
  it('is asked for with what is chosen and nothing else', async () => {
    const { user, hook, host } = await openWindow(`#/instances/${ON}/ssl`)
    await user.click(await hook('update-certificate'))
    await user.click(await hook('version-TLSv1.3'))
    await waitFor(async () => expect((await hook('version-TLSv1.3')).getAttribute('aria-checked')).toBe('true'))
    await user.type(await hook('certificate-id'), 'aKnH4alS')
    await user.tab()
    await waitFor(() => expect(host.sent('plan').at(-1)?.action).toEqual({ kind: 'update_certificate', min_version: 'TLSv1.3', certificate_id: 'aKnH4alS' }))
  })
})

describe('what is not available here yet', () => {
  it('is said, and the same without it is a plan of its own', async () => {
    const host = fleetHost()
    const refused = edge({ code: 'not_available_yet', details: { cloud_code: 'UnknownParameter', action: 'OpenSSL' } })
    const failed = job({ id: 'failed', action: { kind: 'enable_ssl', address: 'private_ipv4' }, instance_id: READY, phase: 'failed', started: before(1000), error: refused })
    host.answers.job_snapshots = () => [failed]
    const { user, hook } = await openWindow(`#/instances/${READY}/ssl`, host)
    const note = within(await hook('lost-job'))
    await user.click(await note.findByTestId('error-action'))
    await hook('apply-plan')
    expect(host.sent('plan').at(-1)?.action).toEqual({ kind: 'enable_ssl' })
    expect(host.sent('apply')).toEqual([])
  })

  it('offers nothing where the action as a whole is not known', async () => {
    const host = fleetHost()
    const refused = edge({ code: 'not_available_yet', details: { cloud_code: 'InvalidAction', action: 'UpdateSSLCert' } })
    const failed = job({ id: 'failed', action: { kind: 'update_certificate', min_version: 'TLSv1.3' }, instance_id: ON, phase: 'failed', started: before(1000), error: refused })
    host.answers.job_snapshots = () => [failed]
    const { hook } = await openWindow(`#/instances/${ON}/ssl`, host)
    const note = within(await hook('lost-job'))
    await note.findByTestId('error')
    expect(note.queryByTestId('error-action')).toBeNull()
    expect((await hook('ssl-options')).textContent).toContain('Not available here yet')
  })
})

describe('a missing permission', () => {
  it('shows the policy to copy', async () => {
    const host = fleetHost()
    const policy = { version: '2.0', statement: [{ effect: 'allow', action: ['redis:OpenSSL'], resource: ['*'] }] }
    host.answers.plan = () => {
      throw failure({ code: 'permission_denied', details: { cam_action: 'redis:OpenSSL', cam_policy: policy, cloud_code: 'UnauthorizedOperation' } })
    }
    const { user, hook } = await openWindow(`#/instances/${READY}/ssl`, host)
    await user.click(await hook('enable-ssl'))
    const note = within(await hook('policy'))
    expect(note.getByText('Allow redis:OpenSSL in CAM with this policy')).toBeTruthy()
    await user.click(note.getByRole('button'))
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual(policy)
  })
})

describe('error codes', () => {
  it('are found by a part of the code and by a word of their text', async () => {
    const { user, hook, findAllByTestId } = await openWindow('#/codes')
    const all = await findAllByTestId(/^code-/)
    expect(all.length).toBeGreaterThan(150)
    await user.click(await hook('codes-search'))
    await user.paste('instancelocked')
    await waitFor(async () => expect((await findAllByTestId(/^code-/)).length).toBeLessThan(5))
    await hook('code-ResourceUnavailable.InstanceLockedError')
    await user.clear(await hook('codes-search'))
    await user.paste('certificate.name_mismatch')
    await hook('code-certificate.name_mismatch')
  })

  it('are found by their kind, from the side bar and in the palette', async () => {
    const { user, hook, findAllByTestId, findByRole, queryByTestId } = await openWindow('#/instances')
    await user.click(await hook('nav-codes'))
    await user.click(await hook('codes-search'))
    await user.paste('throttl')
    const one = within(await hook('code-RequestLimitExceeded.UinLimitExceeded'))
    await waitFor(() => expect(queryByTestId('code-AuthFailure')).toBeNull())
    await user.click(one.getByRole('button', { name: 'Too many requests' }))
    const found = await findAllByTestId(/^code-RequestLimitExceeded/)
    expect(found.length).toBeGreaterThan(3)
    await user.keyboard('{Control>}k{/Control}')
    await user.click(await findByRole('combobox'))
    await user.paste('throttl')
    await findByRole('option', { name: /RequestLimitExceeded$/ })
  })

  it('without a known category show what is said of unknown ones', async () => {
    const { hook } = await openWindow('#/codes/Foo.Bar')
    expect((await hook('code-Foo.Bar')).textContent?.length).toBeGreaterThan(60)
  })

  it('that are not known show themselves and the advice of their category', async () => {
    const { hook } = await openWindow('#/codes/ResourceUnavailable.MoonIsFull')
    expect((await hook('code-ResourceUnavailable.MoonIsFull')).textContent?.length).toBeGreaterThan(60)
  })
})
