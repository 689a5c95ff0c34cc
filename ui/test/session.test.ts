import { cleanup, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { AccountView, InstanceRow, InventorySnapshot } from '../src/host/generated'
import { phaseSteps } from '../src/model/job'
import { pathOf } from '../src/model/path'
import { Session } from '../src/state/session.svelte'
import { account, app, before, certificate, fleet, inventory, inventoryChange, job, row } from './fixture/data'
import { FixtureHost, edge, failure } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

describe('the session', () => {
  it('listens before it asks', async () => {
    const order: string[] = []
    const host = fleetHost()
    const on = host.on.bind(host)
    host.on = (name, handler) => (order.push(`on ${name}`), on(name, handler))
    host.answers.app_snapshot = () => (order.push('app_snapshot'), app())
    await new Session(host).start()
    const asked = order.indexOf('app_snapshot')
    expect(order.slice(0, asked).sort()).toEqual(['on app_changed', 'on files_dropped', 'on inventory_changed', 'on job_changed', 'on put_changed', 'on quit_asked', 'on test_progress', 'on test_run_changed'])
    expect(order.slice(asked).filter((each) => each.startsWith('on '))).toEqual([])
  })

  it('keeps the newer job when an event overtakes the answer', async () => {
    const host = fleetHost()
    const newer = job({ phase: 'confirming', events: [...job().events, { at: new Date().toISOString(), phase: 'confirming', code: 'task_ended', facts: {} }] })
    host.answers.job_snapshots = () => {
      host.emit('job_changed', newer)
      return [job()]
    }
    const session = new Session(host)
    await session.start()
    await session.jobs.load()
    expect(session.jobs.all.map((each) => each.phase)).toEqual(['confirming'])
  })

  it('forgets what belongs to another account', async () => {
    const host = fleetHost()
    const session = new Session(host)
    await session.start()
    await waitFor(() => expect(session.inventory.snapshot.rows).toHaveLength(fleet.length))
    host.answers.inventory_snapshot = () => inventory([], { account_id: 'acc-2' })
    host.answers.job_snapshots = () => []
    host.emit('app_changed', app({ active: 'acc-2' }))
    host.emit('inventory_changed', inventoryChange(fleet))
    host.emit('job_changed', job({ account_id: account.id }))
    await waitFor(() => expect(session.inventory.known).toBe(true))
    expect(session.inventory.snapshot.rows).toEqual([])
    expect(session.jobs.of(job().instance_id)).toEqual([])
    expect(session.jobs.own).toEqual([])
  })

  it('follows the fleet by its changes', async () => {
    const host = fleetHost()
    const session = new Session(host)
    await session.start()
    await waitFor(() => expect(session.inventory.snapshot.rows).toHaveLength(fleet.length))
    const earlier = new Map(session.inventory.snapshot.rows.map((each) => [each.instance_id, each]))
    const [first, second] = fleet as [InstanceRow, InstanceRow]
    const renamed = { ...second, name: 'zzz' }
    const added = row('crs-new', { region: 'ap-beijing', name: 'aaa' })
    host.emit('inventory_changed', inventoryChange([renamed, added], {}, [first.instance_id]))
    const rows = session.inventory.snapshot.rows
    expect(rows).toHaveLength(fleet.length)
    expect(rows.map((each) => each.instance_id)).not.toContain(first.instance_id)
    expect(rows[0]).toEqual(added)
    expect(rows.filter((each) => each.region === second.region).at(-1)).toEqual(renamed)
    expect(rows.filter((each) => each === earlier.get(each.instance_id))).toHaveLength(fleet.length - 2)
  })

  it('asks for the whole fleet when a change was missed, and once', async () => {
    const host = fleetHost()
    const session = new Session(host)
    await session.start()
    await waitFor(() => expect(session.inventory.snapshot.revision).toBe(1))
    let answer: (whole: InventorySnapshot) => void = () => undefined
    host.answers.inventory_snapshot = () => new Promise((resolve) => (answer = resolve))
    const asked = () => host.sent('inventory_snapshot').length
    const times = asked()
    const news = row('crs-news', { name: 'news' })
    host.emit('inventory_changed', { ...inventoryChange([], { revision: 6 }), since: 5 })
    host.emit('inventory_changed', { ...inventoryChange([news], { revision: 7 }), since: 6 })
    answer(inventory([], { revision: 6 }))
    await waitFor(() => expect(session.inventory.snapshot.revision).toBe(7))
    expect(session.inventory.snapshot.rows).toEqual([news])
    expect(asked()).toBe(times + 1)
    host.emit('inventory_changed', inventoryChange([row('crs-old')]))
    expect(session.inventory.snapshot.rows).toEqual([news])
  })

  it('watches a job again that is watched no more', async () => {
    const host = fleetHost()
    const detached = job({ phase: 'detached', finished: new Date().toISOString() })
    host.answers.job_snapshots = () => [detached]
    host.answers.reattach_job = () =>
      job({ events: [...detached.events, { at: new Date().toISOString(), phase: 'updating', code: 'watched_again', facts: {} }] })
    const { hook, user } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    await user.click(await hook('reattach-job'))
    expect((await hook('job-phase')).dataset.phase).toBe('updating')
    expect(host.sent('reattach_job')).toEqual([{ job_id: detached.id }])
  })

  it('shows why nothing works when the application cannot open its data', async () => {
    const host = new FixtureHost({
      app_snapshot: () => {
        throw failure({ code: 'data_folder_unwritable', details: { path: '/data' } })
      },
    })
    const { findByTestId } = await openWindow('#/instances', host)
    expect((await findByTestId('error')).textContent).toContain('/data must be writable')
  })
})

describe('what is said over every screen', () => {
  it('is a failure that names its file, leaves the page in sight and closes with Esc, before any confirmation', async () => {
    const host = fleetHost()
    host.answers.save_certificate = () => {
      throw failure({ code: 'save_failed', details: { path: '/proc/ca.pem', problem: 'folder_missing' } })
    }
    const { hook, user, session, container, queryByTestId } = await openWindow('#/instances/crs-5k2mfx7q/ssl', host)
    await user.click(await hook('save-pem'))
    expect((await hook('error')).textContent).toContain('Nothing was written to /proc/ca.pem. Its folder does not exist.')
    expect(container.querySelector('.banner')?.nextElementSibling?.className).toBe('app')
    session.notices.toasts = [{ id: 1, text: 'Copied' }]
    await user.keyboard('{Escape}')
    expect(queryByTestId('error')).toBeNull()
    await hook('toast')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(queryByTestId('toast')).toBeNull())
  })
})

describe('closing the window while jobs are watched', () => {
  async function asked(change: Partial<AccountView> = {}) {
    const host = fleetHost()
    host.answers.app_snapshot = () => app({ accounts: [{ ...account, ...change }] })
    host.answers.answer_quit = () => undefined
    const opened = await openWindow('#/instances', host)
    host.emit('quit_asked', [job(), job({ id: 'job-2', instance_name: 'order-cache' })])
    return { ...opened, dialog: await opened.hook('quit-dialog') }
  }

  it('says how many and that the cloud goes on, and stays unless told otherwise', async () => {
    const { dialog, user, hook, host, queryByTestId } = await asked()
    expect(dialog.textContent).toContain('2 jobs are being watched')
    expect(dialog.textContent).toContain('goes on without RediSeal')
    expect(dialog.textContent).not.toContain('sign in again')
    expect(document.activeElement).toBe(await hook('quit-stay'))
    await user.click(await hook('quit-stay'))
    expect(host.sent('answer_quit')).toEqual([{ quit: false }])
    expect(queryByTestId('quit-dialog')).toBeNull()
  })

  it('says what is lost with a key for the session, and with the sandbox', async () => {
    const { dialog, user, hook, host } = await asked({ keep: 'session' })
    expect(dialog.textContent).toContain('The key of acme-prod is kept for this session only')
    await user.click(await hook('quit-apply'))
    expect(host.sent('answer_quit')).toEqual([{ quit: true }])
    cleanup()
    const sandbox = await asked({ keep: 'session', sandbox: true })
    expect(sandbox.dialog.textContent).toContain('The sandbox ends with RediSeal')
    expect(sandbox.dialog.textContent).not.toContain('goes on without RediSeal')
  })
})

it('an account whose key is not kept says so where it is chosen and managed', async () => {
  const host = fleetHost()
  host.answers.app_snapshot = () => app({ accounts: [{ ...account, keep: 'session' }] })
  const { hook } = await openWindow('#/settings', host)
  expect((await hook('account-menu')).textContent).toContain('until you quit')
  expect((await hook('session-only')).textContent).toContain('After you quit it is gone')
})

describe('the path', () => {
  const off = row('crs-1')
  const on = row('crs-1', { ssl: 'on', readiness: 'done' })

  it('asks for one thing at a time', () => {
    const asks = (path: ReturnType<typeof pathOf>) => Object.values(path).filter((state) => state === 'next' || state === 'blocked' || state === 'now').length
    for (const path of [pathOf(off, undefined, null), pathOf({ ...off, readiness: 'blocked' }, undefined, null), pathOf(off, job(), null), pathOf(on, undefined, null), pathOf(on, undefined, certificate)]) expect(asks(path)).toBe(1)
  })

  it('goes from ready to proven', () => {
    expect(pathOf(off, undefined, null).enable).toBe('next')
    expect(pathOf(off, job(), null).update).toBe('now')
    expect(pathOf(on, undefined, null).certificate).toBe('next')
    expect(pathOf(on, undefined, certificate).test).toBe('next')
    expect(pathOf({ ...on, last_test: { at: '', verdict: 'secure', cause: null, elapsed_us: 1 } }, undefined, certificate).test).toBe('done')
    expect(pathOf({ ...on, last_test: { at: '', verdict: 'chain_only', cause: null, elapsed_us: 1 } }, undefined, certificate).test).not.toBe('done')
  })

  it('offers no way to enable while the proxy is too old', async () => {
    const { hook, queryByTestId, host, user } = await openWindow('#/instances/crs-81zzc9hn/ssl')
    const check = await hook('check-proxy_version')
    expect(check.getAttribute('data-status')).toBe('blocked')
    expect(check.textContent).toContain('5.5.0, needs 5.6.0 or later')
    expect(queryByTestId('enable-ssl')).toBeNull()
    await user.click(await hook('fix-upgrade-proxy-now'))
    expect(host.sent('plan')).toEqual([{ action: { kind: 'upgrade_proxy', when: 'now' }, instance_ids: ['crs-81zzc9hn'] }])
  })

  it('ticks the request off when the cloud has answered, not before', async () => {
    const host = fleetHost()
    const sending = job({ phase: 'submitting', task_id: null, events: job().events.slice(0, 1) })
    host.answers.job_snapshots = () => [sending]
    const { hook } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    await hook('job-phase')
    expect((await hook('step-2')).dataset.state).toBe('now')
    expect((await hook('step-3')).dataset.state).toBe('todo')
    host.emit('job_changed', job())
    await waitFor(async () => expect((await hook('step-2')).dataset.state).toBe('done'))
    expect((await hook('step-3')).dataset.state).toBe('now')
  })

  it('says that the cloud does not answer, for how long, and that it is still watched', async () => {
    const host = fleetHost()
    const trouble = { since: before(40_000), error: edge({ code: 'timeout' }) }
    host.answers.job_snapshots = () => [job({ trouble })]
    const { hook, queryByTestId } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    expect((await hook('job-trouble')).textContent).toMatch(/Tencent Cloud has not answered for 4[0-2] s\. *Still watching/)
    host.emit('job_changed', job({ trouble: { ...trouble, error: edge({ code: 'credentials_rejected' }) } }))
    await waitFor(async () => expect((await hook('job-trouble')).textContent).toContain('Sign in'))
    host.emit('job_changed', job())
    await waitFor(() => expect(queryByTestId('job-trouble')).toBeNull())
  })

  it('says of a change that is watched no more that it was started here', async () => {
    const host = fleetHost()
    host.answers.job_snapshots = () => [job({ phase: 'detached', finished: new Date().toISOString() })]
    const { hook, container } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    await hook('reattach-job')
    expect(container.textContent).toContain('was started here and is no longer watched')
    expect(container.textContent).not.toContain('not started from here')
  })

  it('says of a change that was started elsewhere that it was', async () => {
    const host = fleetHost()
    host.answers.job_snapshots = () => []
    const { hook } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    expect((await hook('step-3')).textContent).toContain('not started from here')
  })

  it('says of a change for the maintenance window when it comes, not that somebody stopped watching', async () => {
    const host = fleetHost()
    const at = new Date().toISOString()
    const events = (['accepted', 'scheduled_for_window', 'detached'] as const).map((code, nth) => ({ at, phase: nth < 2 ? ('updating' as const) : ('detached' as const), code, facts: {} }))
    host.answers.job_snapshots = () => [job({ action: { kind: 'upgrade_proxy', when: 'maintenance_window' }, instance_id: 'crs-81zzc9hn', phase: 'detached', finished: at, events })]
    const { hook } = await openWindow('#/instances/crs-81zzc9hn/ssl', host)
    const note = await hook('lost-job')
    expect(note.textContent).toContain('in the maintenance window')
    expect(note.textContent).not.toContain('You stopped watching')
  })

  it('says once that a change failed, with its reason', async () => {
    const host = fleetHost()
    host.answers.job_snapshots = () => [job({ instance_id: 'crs-81zzc9hn', phase: 'failed', finished: before(5000), error: edge({ code: 'task_failed', details: { task_message: 'out of memory' } }) })]
    const { hook } = await openWindow('#/instances/crs-81zzc9hn/ssl', host)
    const note = await hook('lost-job')
    expect(note.querySelectorAll('.note')).toHaveLength(1)
    expect(note.textContent).toContain('failed. It ended at')
    expect(note.textContent).toContain('The task failed in Tencent Cloud.')
  })

  for (const [language, expected] of [
    ['en', 'redis.corp.example:8443 task 40312 is running'],
    ['zh-CN', '「redis.corp.example:8443」任务 40312 执行中'],
  ] as const) {
    it(`names an endpoint of one’s own in the place of the cloud: ${language}`, async () => {
      const host = fleetHost()
      const own: AccountView = { ...account, site: { kind: 'custom', url: 'https://redis.corp.example:8443' } }
      host.answers.app_snapshot = () => app({ accounts: [own], settings: { language, theme: 'light', warn_of_expiry: true } })
      host.answers.job_snapshots = () => [job({ task_id: 40312 })]
      const { hook } = await openWindow(`#/instances/${job().instance_id}/ssl`, host)
      expect((await hook('job-phase')).textContent).toContain(expected)
    })
  }

  it('is no way to SSL while SSL is being turned off', async () => {
    const host = fleetHost()
    host.answers.job_snapshots = () => [job({ action: { kind: 'disable_ssl' } })]
    const { hook } = await openWindow('#/instances/crs-9t3hb1ny/ssl', host)
    await hook('job-phase')
    expect((await hook('step-2')).dataset.state).toBe('todo')
    expect((await hook('step-3')).textContent).not.toContain('not started from here')
  })

  it('follows a job by its events', async () => {
    const { hook, host } = await openWindow('#/instances/crs-9t3hb1ny/ssl')
    expect((await hook('job-phase')).getAttribute('data-phase')).toBe('updating')
    const confirming = job({ phase: 'confirming', events: [...job().events, { at: new Date().toISOString(), phase: 'confirming', code: 'task_ended', facts: {} }] })
    host.emit('job_changed', confirming)
    await waitFor(async () => expect((await hook('job-phase')).getAttribute('data-phase')).toBe('confirming'))
    expect((await hook('phase-updating')).getAttribute('data-state')).toBe('done')
  })
})

it('a failed job failed where it last was', () => {
  const failed = phaseSteps(job({ phase: 'failed', events: [...job().events, { at: '', phase: 'failed', code: 'failed', facts: {} }] }))
  expect(failed.map((step) => step.state)).toEqual(['done', 'bad', 'todo', 'todo', 'todo'])
})

it('an upgrade ends at the version that is chosen', async () => {
  const { hook, user, host } = await openWindow('#/instances/crs-z1c4fa9t/ssl')
  expect((await hook('fix-upgrade-version-now')).textContent).toContain('2.8 → 6.2')
  await user.selectOptions(await hook('target-version'), '5.0')
  await user.click(await hook('fix-upgrade-version-window'))
  expect(host.sent('plan')).toEqual([{ action: { kind: 'upgrade_version', when: 'maintenance_window', target_type: 8 }, instance_ids: ['crs-z1c4fa9t'] }])
})

it('jobs of two accounts are told apart, and an instance shows its own', async () => {
  const host = fleetHost()
  const own = job({ id: 'own', phase: 'succeeded', finished: new Date().toISOString() })
  const another = { ...own, id: 'another', account_id: 'acc-2', account: 'as it was named' }
  const gone = { ...own, id: 'gone', account_id: 'acc-9', account: 'removed since' }
  host.answers.job_snapshots = () => [own, another, gone]
  const activity = await openWindow('#/activity', host)
  const texts = await Promise.all(['own', 'another', 'gone'].map(async (id) => (await activity.hook(`job-row-${id}`)).textContent))
  for (const [at, name] of ['acme-prod', 'acme-cn', 'removed since'].entries()) expect(texts[at]).toContain(name)
  expect(within(await activity.hook('job-row-another')).queryByRole('link')).toBeNull()
  cleanup()
  const { hook, queryByTestId } = await openWindow('#/instances/crs-9t3hb1ny/activity', host)
  await hook('job-row-own')
  expect(queryByTestId('job-row-another')).toBeNull()
})

it('a chain that ends with its CA says so', async () => {
  const host = fleetHost()
  host.answers.inventory_snapshot = () => inventory([row('crs-1', { ssl: 'on', readiness: 'done', certificate_ends: '2044-06-11T00:00:00Z', certificate_ends_of: 'TencentDB for Redis CA' })])
  const { hook } = await openWindow('#/instances/crs-1/ssl', host)
  expect((await hook('certificate-ends')).textContent).toBe('2044-06-11with its CA, TencentDB for Redis CA')
})

it('a running job leaves no second way to begin one', async () => {
  const host = fleetHost()
  host.answers.job_snapshots = () => [job({ action: { kind: 'upgrade_proxy', when: 'now' }, instance_id: 'crs-81zzc9hn', instance_name: 'order-cache-prod' })]
  const { hook, queryByTestId } = await openWindow('#/instances/crs-81zzc9hn/ssl', host)
  await hook('job-phase')
  expect(queryByTestId('fix-upgrade-proxy-now')).toBeNull()
  expect((await hook('switch-ssl')).getAttribute('aria-disabled')).toBe('true')
})
