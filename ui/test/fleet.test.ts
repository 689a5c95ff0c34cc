import { waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { findings, fleet, inventory, inventoryChange, row, testRun } from './fixture/data'
import { edge, type FixtureHost } from './fixture/host'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

const ids = fleet.map((each) => each.instance_id)

/** The window asks once by itself when it opens. */
function asked(host: FixtureHost, times: number) {
  return waitFor(() => expect(host.sent('refresh_inventory')).toHaveLength(times))
}

async function openTable() {
  const opened = await openWindow('#/instances')
  await opened.hook(`row-${ids[0]}`)
  const focusRow = async (at: number) => (await opened.hook(`row-${ids[at]}`)).focus()
  const focused = () => document.activeElement?.getAttribute('data-testid')
  const selected = () => opened.container.querySelectorAll('tr[aria-selected="true"]').length
  return { ...opened, focusRow, focused, selected }
}

describe('the table by keyboard', () => {
  it('is one tab stop', async () => {
    const { hook } = await openTable()
    const stops = (await hook('fleet-table')).querySelectorAll('[tabindex="0"], button:not([tabindex="-1"]), input:not([tabindex="-1"])')
    expect([...stops].map((stop) => stop.getAttribute('data-testid'))).toEqual([`row-${ids[0]}`])
  })

  it('moves with arrows, Home, End and pages, and stays inside', async () => {
    const { user, focusRow, focused } = await openTable()
    await focusRow(0)
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(focused()).toBe(`row-${ids[2]}`)
    await user.keyboard('{End}{ArrowDown}')
    expect(focused()).toBe(`row-${ids.at(-1)}`)
    await user.keyboard('{Home}{PageDown}')
    expect(focused()).toBe(`row-${ids[1]}`)
    await user.keyboard('{PageUp}{PageUp}')
    expect(focused()).toBe(`row-${ids[0]}`)
  })

  it('sorts from the heads, which are above the first row', async () => {
    const { user, focusRow, focused, container } = await openTable()
    await focusRow(0)
    await user.keyboard('{ArrowUp}{ArrowRight}')
    expect(focused()).toBe('sort-name')
    await user.keyboard('{Enter}')
    const names = () => [...container.querySelectorAll('tbody .name')].map((name) => name.textContent)
    expect(names()).toEqual([...names()].sort())
    await user.keyboard('{Enter}')
    expect(names()[0]).toBe('unread-state')
    await user.keyboard('{Enter}')
    expect(names()[0]).toBe('session-cache-prod')
  })

  it('opens with Enter', async () => {
    const { user, focusRow, hook } = await openTable()
    await focusRow(1)
    await user.keyboard('{Enter}')
    expect((await hook('instance-title')).textContent).toBe('order-cache-prod')
  })

  it('selects with Space, extends with Shift, takes all that match, clears with Escape', async () => {
    const { user, focusRow, selected, hook } = await openTable()
    await focusRow(1)
    await user.keyboard(' ')
    expect(selected()).toBe(1)
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}')
    expect(selected()).toBe(3)
    await user.keyboard('{Escape}')
    expect(selected()).toBe(0)
    await user.type(await hook('fleet-filter'), 'shanghai prod')
    await user.clear(await hook('fleet-filter'))
    await user.type(await hook('fleet-filter'), 'prod')
    ;(await hook('row-crs-5k2mfx7q')).focus()
    await user.keyboard('{Control>}a{/Control}')
    expect(selected()).toBe(5)
  })
})

it('Ctrl+A outside the table and the fields selects nothing', async () => {
  const { hook, selected } = await openTable()
  const press = (target: Element) => {
    const event = new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true, cancelable: true })
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect(press(document.body)).toBe(true)
  expect(press(await hook('fleet-refresh'))).toBe(true)
  expect(selected()).toBe(0)
  expect(press(await hook('fleet-filter'))).toBe(false)
})

describe('the fleet', () => {
  it('names a state of an instance that it does not know, by its number', async () => {
    const host = fleetHost()
    host.answers.inventory_snapshot = () => inventory([row('crs-1', { status: 7, ssl: 'unknown', readiness: 'blocked', findings: findings({ check: 'instance_running', facts: { status: 7 } }) })])
    const { hook } = await openWindow('#/instances', host)
    const [ssl, readiness] = (await hook('row-crs-1')).querySelectorAll<HTMLElement>('.st')
    expect([ssl?.textContent, ssl?.title]).toEqual(['Unknown', 'Unknown state (7)'])
    expect(readiness?.textContent).toBe('Unknown state (7)')
    expect((await hook('group-ready')).textContent).toContain('0')
  })

  it('shows plaintext where SSL is off as what was asked for, and in red where SSL is on', async () => {
    const host = fleetHost()
    const last_test = { at: new Date().toISOString(), verdict: 'insecure', cause: 'tls.plaintext_server', elapsed_us: 900 } as const
    host.answers.inventory_snapshot = () => inventory([row('crs-off', { last_test }), row('crs-on', { ssl: 'on', readiness: 'done', last_test })])
    const { hook } = await openWindow('#/instances', host)
    const cell = async (id: string) => (await hook(`row-${id}`)).querySelector('td:last-child .st') as HTMLElement
    expect((await cell('crs-off')).textContent).toContain('Plaintext')
    expect((await cell('crs-off')).className).not.toContain('st--bad')
    expect((await cell('crs-on')).textContent).toContain('Failed')
    expect((await cell('crs-on')).className).toContain('st--bad')
  })

  it('filters by words, state and concern', async () => {
    const { user, container, hook } = await openTable()
    const rows = () => [...container.querySelectorAll('tbody tr')].map((each) => each.getAttribute('data-testid'))
    await user.keyboard('{Control>}f{/Control}')
    expect(document.activeElement).toBe(await hook('fleet-filter'))
    await user.keyboard('10.2.0.41')
    expect(rows()).toEqual(['row-crs-9t3hb1ny'])
    await user.keyboard('{Escape}')
    expect(rows()).toHaveLength(fleet.length)
    await user.click(await hook('group-ready'))
    expect(rows()).toEqual(['row-crs-m4x8za2j', 'row-crs-h0p9dl3w'])
    await user.click(await hook('group-ready'))
    await user.click(await hook('attention-failed'))
    expect(rows()).toEqual(['row-crs-c7d0pw4e'])
  })

  it('draws a part of a long list and says how long it is', async () => {
    const host = fleetHost()
    host.answers.inventory_snapshot = () => inventory(Array.from({ length: 10_000 }, (_, at) => row(`crs-${at}`)))
    const { hook, container } = await openWindow('#/instances', host)
    expect((await hook('fleet-table')).getAttribute('aria-rowcount')).toBe('10001')
    expect(container.querySelectorAll('tbody tr').length).toBeLessThan(100)
  })

  it('plans for those that can be enabled and names those that cannot', async () => {
    const { user, hook, host, focusRow } = await openTable()
    await focusRow(4)
    await user.keyboard('{ArrowDown} ')
    ;(await hook('row-crs-81zzc9hn')).focus()
    await user.keyboard(' ')
    await user.click(await hook('bulk-enable'))
    expect(host.sent('plan')).toEqual([{ action: { kind: 'enable_ssl' }, instance_ids: ['crs-81zzc9hn', 'crs-m4x8za2j'] }])
    expect((await hook('target-crs-81zzc9hn')).textContent).toContain('Proxy 5.5.0')
    expect((await hook('apply-plan')).textContent).toContain('Enable SSL on 1')
  })

  it('names a region that failed and why, beside what is known', async () => {
    const host = fleetHost()
    const known = inventory()
    host.answers.inventory_snapshot = () => ({ ...known, regions: known.regions.map((region) => (region.region === 'ap-shanghai' ? { ...region, state: 'failed', listed: false, error: edge({ code: 'timeout' }) } : region)) })
    const { hook, user } = await openWindow('#/instances', host)
    await asked(host, 1)
    const note = await hook('region-failed-ap-shanghai')
    expect(note.textContent).toContain('Shanghai could not be read.')
    expect(note.textContent).toContain('No answer in time.')
    await user.click(within(note).getByRole('button'))
    await waitFor(() => expect(host.sent('refresh_region')).toEqual([{ region: 'ap-shanghai' }]))
    await asked(host, 1)
  })

  it('says how old it is when it is not new', async () => {
    const host = fleetHost()
    const old = new Date(Date.now() - 3 * 3_600_000).toISOString()
    const rows = fleet.map((each) => (each.region === 'ap-shanghai' ? { ...each, asked: old } : each))
    host.answers.inventory_snapshot = () => inventory(rows, { error: edge({ code: 'network_unreachable' }) })
    const { hook, queryByTestId } = await openWindow('#/instances', host)
    expect((await hook('fleet-age')).textContent).toBe('As of 3 h ago')
    expect((await hook('status-age')).textContent).toBe('As of 3 h ago')
    host.emit('inventory_changed', inventoryChange(fleet))
    await waitFor(() => expect(queryByTestId('fleet-age')).toBeNull())
  })

  it('tells which rows are on the screen, and again when others are', async () => {
    const host = fleetHost()
    const many = Array.from({ length: 1_000 }, (_, at) => row(`crs-${at}`, { name: `cache-${String(at).padStart(4, '0')}` }))
    host.answers.inventory_snapshot = () => inventory(many)
    const { hook, user } = await openWindow('#/instances', host)
    await waitFor(() => expect(host.sent('show_first')).toHaveLength(1), { timeout: 5_000 })
    const first = host.sent('show_first')[0]!.instance_ids
    expect(first.slice(0, 2)).toEqual(['crs-0', 'crs-1'])
    expect(first.length).toBeLessThan(100)
    await user.type(await hook('fleet-filter'), 'cache-050')
    await waitFor(() => expect(host.sent('show_first').at(-1)!.instance_ids[0]).toBe('crs-500'), { timeout: 5_000 })
  })

  it('says when it is empty, loading, or nothing matches', async () => {
    const host = fleetHost()
    host.answers.inventory_snapshot = () => inventory([], { refreshing: true })
    const { hook, user } = await openWindow('#/instances', host)
    await hook('fleet-loading')
    host.emit('inventory_changed', inventoryChange([]))
    await hook('fleet-empty')
    host.emit('inventory_changed', { ...inventoryChange(fleet, { revision: 3 }), since: 2 })
    await user.type(await hook('fleet-filter'), 'no such thing')
    await hook('fleet-no-match')
  })

  it('refreshes with F5 and Ctrl+R and never reloads the window', async () => {
    const { host } = await openTable()
    await asked(host, 1)
    for (const key of [{ key: 'F5' }, { key: 'r', ctrlKey: true }]) {
      const event = new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true })
      window.dispatchEvent(event)
      expect(event.defaultPrevented).toBe(true)
    }
    await asked(host, 3)
  })
})

it('is looked at in the same way after a look at an instance', async () => {
  const { user, hook, container } = await openTable()
  await user.type(await hook('fleet-filter'), 'prod')
  await user.click(await hook('sort-name'))
  await user.click(await hook('row-crs-9t3hb1ny'))
  await hook('instance-title')
  await user.click(await hook('nav-instances'))
  expect((await hook('fleet-filter')) as HTMLInputElement).toHaveProperty('value', 'prod')
  expect(container.querySelector('tbody .name')?.textContent).toBe('cart-prod')
  expect((await hook('row-crs-9t3hb1ny')).tabIndex).toBe(0)
})

describe('the test of many', () => {
  const on = fleet.filter((each) => each.ssl === 'on' && each.job_id === null).map((each) => each.instance_id)

  it('takes every encrypted instance, tells how far it is, and ends at a word', async () => {
    const { user, hook, host, queryByTestId } = await openTable()
    await user.click(await hook('fleet-test-all'))
    expect(host.sent('test_instances')).toEqual([{ instance_ids: on }])
    expect((await hook('test-run')).textContent).toContain('Testing: 0 of')
    await user.click(await hook('fleet-test-all'))
    expect(host.sent('test_instances')).toHaveLength(1)
    host.emit('test_run_changed', testRun({ total: 1200, done: 1100, proven: 1093, failed: 7 }))
    await waitFor(async () => expect((await hook('test-run')).textContent).toContain('1,100 of 1,200'))
    expect((await hook('test-run-failed')).textContent).toBe('7 failed')
    await user.click(await hook('test-run-cancel'))
    expect(host.sent('cancel_test_run')).toHaveLength(1)
    host.emit('test_run_changed', testRun({ state: 'cancelled', total: 1200, done: 1100, proven: 1093, failed: 7 }))
    await waitFor(async () => expect((await hook('test-run')).textContent).toContain('Stopped after 1,100 of 1,200.'))
    await user.click(await hook('test-run-show'))
    expect((await hook('attention-failed')).getAttribute('aria-pressed')).toBe('true')
    await user.click(await hook('test-run-dismiss'))
    expect(queryByTestId('test-run')).toBeNull()
  })

  it('takes those that are selected, and names why some could not be tested', async () => {
    const { user, hook, host, focusRow } = await openTable()
    await focusRow(0)
    await user.keyboard('{Control>}a{/Control}')
    await user.click(await hook('bulk-test'))
    expect(host.sent('test_instances')).toEqual([{ instance_ids: on }])
    const reasons = [{ instance_id: 'crs-1', error: edge({ code: 'certificate_download_failed' }) }]
    host.emit('test_run_changed', testRun({ state: 'finished', total: 5, done: 5, proven: 4, untested: 1, reasons }))
    await waitFor(async () => expect((await hook('test-run')).textContent).toContain('1 could not be tested'))
    expect((await hook('test-run')).querySelector('[title^="crs-1: "]')).not.toBeNull()
  })

  it('goes on over a reload, and is of one account', async () => {
    const host = fleetHost()
    host.answers.test_run = () => testRun({ done: 3 })
    const { hook } = await openWindow('#/instances', host)
    expect((await hook('test-run')).getAttribute('data-done')).toBe('3')
    host.emit('test_run_changed', testRun({ account_id: 'another', done: 1 }))
    host.emit('test_run_changed', testRun({ done: 4 }))
    await waitFor(async () => expect((await hook('test-run')).getAttribute('data-done')).toBe('4'))
  })
})
