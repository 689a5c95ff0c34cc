import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { app } from './fixture/data'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

/** Colours are not computed here; the tokens' contrast is in the design. */
const options: axe.RunOptions = { rules: { 'color-contrast': { enabled: false } } }

async function violations(element: Element): Promise<string[]> {
  const found = await axe.run(element, options)
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`)
}

describe('accessibility', () => {
  for (const [hash, ready] of [
    ['#/instances', 'row-crs-5k2mfx7q'],
    ['#/instances/crs-81zzc9hn/ssl', 'check-proxy_version'],
    ['#/instances/crs-9t3hb1ny/ssl', 'job-phase'],
    ['#/instances/crs-5k2mfx7q/ssl', 'certificate'],
    ['#/instances/crs-5k2mfx7q/connect', 'snippet'],
    ['#/instances/crs-5k2mfx7q/test', 'test-run'],
    ['#/instances/crs-5k2mfx7q/report', 'verdict'],
    ['#/instances/crs-c7d0pw4e/report', 'verdict'],
    ['#/activity', 'audit-chain'],
    ['#/settings', 'keychain'],
  ] as const) {
    it(hash, async () => {
      const { hook } = await openWindow(hash)
      await hook(ready)
      expect(await violations(document.body)).toEqual([])
    })
  }

  it('first run', async () => {
    const host = fleetHost()
    host.answers.app_snapshot = () => app({ active: null, accounts: [], vault: 'locked' })
    const { hook } = await openWindow('#/instances', host)
    await hook('door-sandbox')
    expect(await violations(document.body)).toEqual([])
  })

  it('dialogs', async () => {
    const { hook, user } = await openWindow('#/instances/crs-5k2mfx7q/ssl')
    await user.click(await hook('disable-ssl'))
    expect(await violations(await hook('confirm-dialog'))).toEqual([])
  })
})
