import { waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { passwordProblem } from '../src/model/password'
import { after, plan } from './fixture/data'
import { failure } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ID = 'crs-5k2mfx7q'

async function openConfirm() {
  const opened = await openWindow(`#/instances/${ID}/ssl`)
  await opened.user.click(await opened.hook('disable-ssl'))
  await opened.hook('confirm-dialog')
  return opened
}

describe('turning SSL off', () => {
  it('is refused until exactly the id is typed', async () => {
    const { user, hook, host } = await openConfirm()
    const apply = await hook('confirm-apply')
    for (const typed of ['crs-5k2m', `${ID} `, ID.toUpperCase()]) {
      await user.clear(await hook('confirm-typed'))
      await user.type(await hook('confirm-typed'), typed)
      expect(apply.getAttribute('aria-disabled')).toBe('true')
      await user.click(apply)
    }
    expect(host.sent('apply')).toEqual([])
    await user.clear(await hook('confirm-typed'))
    await user.type(await hook('confirm-reason'), 'Rollback of change 4821')
    await user.type(await hook('confirm-typed'), ID)
    expect(apply.getAttribute('aria-disabled')).toBe('false')
    await user.click(apply)
    expect(host.sent('apply')).toMatchObject([{ plan_id: 'plan-1', confirmation: { typed: ID, reason: 'Rollback of change 4821', password: null } }])
  })

  it('never follows from Enter, in a field or on the button', async () => {
    const { user, hook, host } = await openConfirm()
    await user.type(await hook('confirm-typed'), `${ID}{Enter}`)
    ;(await hook('confirm-apply')).focus()
    await user.keyboard('{Enter}')
    expect(host.sent('apply')).toEqual([])
    await user.keyboard(' ')
    expect(host.sent('apply')).toHaveLength(1)
  })
})

describe('a plan that expires while it is looked at', () => {
  afterEach(() => void vi.useRealTimers())

  for (const [place, opener, apply] of [
    ['#/instances/crs-m4x8za2j/ssl', 'enable-ssl', 'apply-plan'],
    [`#/instances/${ID}/ssl`, 'disable-ssl', 'confirm-apply'],
  ] as const) {
    it(`counts down, is not applied and is made anew: ${opener}`, async () => {
      vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['Date', 'setInterval', 'clearInterval'] })
      const { user, hook, host, queryByTestId } = await openWindow(place)
      const made = host.answers.plan
      host.answers.plan = async (args) => ({ ...(await made?.(args))!, id: `plan-${host.sent('plan').length}`, expires: after(300_000) })
      await user.click(await hook(opener))
      await hook(apply)
      await vi.advanceTimersByTimeAsync(270_000)
      expect((await hook('plan-expires')).textContent).toMatch(/holds for 0:(30|29)/)
      expect((await hook('plan-expires')).querySelector('.st--warn')).not.toBeNull()
      await vi.advanceTimersByTimeAsync(31_000)
      await waitFor(() => expect(queryByTestId(apply)).toBeNull())
      expect((await hook('plan-over')).textContent).toContain('expired')
      await user.click(await hook('replan'))
      await hook(apply)
      expect(host.sent('plan')).toHaveLength(2)
      expect(host.sent('apply')).toEqual([])
    })
  }

  it('is not sent by a click that comes too late', async () => {
    const { session, host } = await openWindow('#/instances')
    session.planning.plan = plan({ expires: after(-1) })
    await session.planning.apply({ typed: null, reason: null, password: null })
    expect(host.sent('apply')).toEqual([])
  })
})

describe('a plan', () => {
  it('is sent again under the same request id', async () => {
    const host = fleetHost()
    const applied = host.answers.apply
    host.answers.apply = () => {
      throw failure({ code: 'timeout', retryable: true })
    }
    const { user, hook, queryByTestId } = await openWindow('#/instances/crs-m4x8za2j/ssl', host)
    await user.click(await hook('enable-ssl'))
    await user.click(await hook('apply-plan'))
    await within(await hook('plan-dialog')).findByTestId('error')
    host.answers.apply = applied
    await user.click(await hook('apply-plan'))
    await waitFor(() => expect(queryByTestId('plan-dialog')).toBeNull())
    const ids = host.sent('apply').map((sent) => sent.request_id)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('that is over is made anew', async () => {
    const host = fleetHost()
    host.answers.apply = () => {
      throw failure({ code: 'plan_expired' })
    }
    const { user, hook } = await openWindow('#/instances/crs-m4x8za2j/ssl', host)
    await user.click(await hook('enable-ssl'))
    await user.click(await hook('apply-plan'))
    await user.click(await hook('error-action'))
    expect(host.sent('plan')).toHaveLength(2)
    await hook('apply-plan')
  })

  it('shows a consequence that it has no text for by its code', async () => {
    const host = fleetHost()
    const made = host.answers.plan
    host.answers.plan = async (args) => ({ ...(await made?.(args))!, consequences: [{ code: 'moon_full', facts: { phase: 'now' } }] })
    const { user, hook } = await openWindow('#/instances/crs-m4x8za2j/ssl', host)
    await user.click(await hook('enable-ssl'))
    expect((await hook('consequences')).textContent).toContain('moon_full, phase now')
  })

  it('for a password asks for one by the vendor’s rules, twice', async () => {
    const { user, hook, host } = await openWindow('#/instances/crs-b6j1xm4s/ssl')
    await user.click(await hook('fix-require-password'))
    const apply = await hook('apply-plan')
    await user.type(await hook('new-password'), 'Tr0ub4dor')
    await user.click(apply)
    expect(host.sent('apply')).toEqual([])
    await user.type(await hook('repeat-password'), 'Tr0ub4dor')
    await user.click(apply)
    expect(host.sent('apply')).toMatchObject([{ confirmation: { password: 'Tr0ub4dor' } }])
  })

  it('knows the vendor’s rules for passwords', () => {
    expect(passwordProblem('short1')).toBe('length')
    expect(passwordProblem('a1'.repeat(17))).toBe('length')
    expect(passwordProblem('/leading1')).toBe('slash')
    expect(passwordProblem('onlylower')).toBe('classes')
    expect(passwordProblem('lower123')).toBeNull()
  })
})
