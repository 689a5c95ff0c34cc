import { waitFor } from '@testing-library/svelte'
import axe from 'axe-core'
import { expect, it } from 'vitest'
import { hostsOf, named, putInput, putProblem } from '../src/model/put'
import { failure } from './fixture/host'
import { putPlan, putRun } from './fixture/servers'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ID = 'crs-5k2mfx7q'
const NEW = 'deploy@10.0.12.10'
const KEY = 'SHA256:q0ArEUnRUVp0v4pCHHDQkpCqU9cQ0Jrk7NT4ohU2rV4'

async function filled(host = fleetHost()) {
  const opened = await openWindow(`#/instances/${ID}/ssl`, host)
  const { user, hook } = opened
  await user.click(await hook('put-on-servers'))
  await user.click(await hook('host-web-1'))
  await user.type(await hook('put-hosts'), NEW)
  await user.type(await hook('put-folder'), '/etc/ssl/redis')
  return opened
}

it('says what is missing and asks nothing before it is there', async () => {
  const { user, hook, host } = await openWindow(`#/instances/${ID}/ssl`)
  await user.click(await hook('put-on-servers'))
  await user.click(await hook('put-look'))
  expect((await hook('put-hosts')).getAttribute('aria-invalid')).toBe('true')
  expect(((await hook('host-legacy')) as HTMLInputElement).disabled).toBe(true)
  expect(host.sent('plan_put')).toEqual([])
  const input = { ...putInput(ID), ticked: ['a'], typed: ' b，a\nc;', folder: '~/tls' }
  expect(hostsOf(input)).toEqual(['a', 'b', 'c'])
  expect(putProblem(input)).toBe('')
  for (const folder of ['', 'tls', '~tls', 'C:\\tls']) expect(putProblem({ ...input, folder })).toBe('folder')
  expect(putProblem({ ...input, name: 'a/b' })).toBe('name')
  const store = named(input, ID, 'p12')
  expect([store.name, putProblem(store)]).toEqual([`${ID}-ca.p12`, 'password'])
  expect(named({ ...input, name: 'own.pem' }, ID, 'p12').name).toBe('own.pem')
})

it('shows the key of a new host, and plans anew with it once it is accepted', async () => {
  const { user, hook, host } = await filled()
  await user.click(await hook('put-look'))
  expect((await hook('put-host-key')).textContent).toBe(KEY)
  expect((await hook('host-plan-web-1')).dataset.step).toBe('replace')
  const axed = await axe.run(await hook('put'), { rules: { 'color-contrast': { enabled: false } } })
  expect(axed.violations).toEqual([])
  await user.click(await hook('put-accept'))
  await hook('put-apply')
  const keys = host.sent('plan_put').map((sent) => sent.form.hosts.map((each) => each.accept_host_keys))
  expect(keys).toEqual([[[], []], [[KEY], [KEY]]])
  expect(host.sent('apply_put')).toEqual([])
})

it('tells of each host as it goes, and tries again those that failed alone', async () => {
  const { user, hook, host, session } = await filled()
  const plan = putPlan(['web-1', NEW])
  host.answers.apply_put = () => putRun(plan, false)
  await user.type(await hook('put-password'), 'secret')
  await user.click(await hook('put-look'))
  await user.click(await hook('put-apply'))
  expect((await hook('host-row-web-1')).dataset.outcome).toBe('replaced')
  await user.click(await hook('put-stop'))
  expect(host.sent('cancel_put')).toEqual([{ plan_id: 'put-1' }])
  host.emit('put_changed', { ...putRun(plan), plan_id: 'another' })
  expect(session.putting.run?.ended).toBe(false)
  host.emit('put_changed', putRun(plan))
  expect((await hook('put-verdict')).dataset.verdict).toBe('secure')
  await user.click(await hook('put-again'))
  await hook(`host-plan-${NEW}`)
  expect(host.sent('plan_put').at(-1)?.form.hosts.map((each) => [each.host, each.password])).toEqual([[NEW, 'secret']])
  session.putting.close()
  session.putting.open(ID)
  expect([session.putting.input.password, session.putting.input.folder]).toEqual(['', '/etc/ssl/redis'])
})

it('says why there is no plan', async () => {
  const host = fleetHost()
  host.answers.plan_put = () => {
    throw failure({ code: 'invalid_input', details: { field: 'mode' } })
  }
  const { user, hook, queryByTestId } = await filled(host)
  await user.click(await hook('put-look'))
  await waitFor(() => expect(queryByTestId('error')?.dataset.code).toBe('invalid_input'))
  await hook('put-folder')
})
