import { waitFor, within } from '@testing-library/svelte'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { answerFiles, offered } from './fixture/files'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

describe('files of certificates', () => {
  it('open, ask for a password, or say why not', async () => {
    const { host, user, hook, findAllByTestId } = await openWindow('#/files', answerFiles(fleetHost()))
    await user.click(await hook('choose-certificate-files'))
    const files = await findAllByTestId('inspected-file')
    expect(files.map((file) => file.dataset.state)).toEqual(['open', 'password_needed', 'unreadable'])
    expect((await hook('unreadable')).textContent).toBe('neither PEM nor DER')

    await user.type(await hook('file-password'), 'another')
    await user.click(await hook('unlock-file'))
    await waitFor(() => expect(files[1]!.dataset.state).toBe('password_wrong'))
    await user.clear(await hook('file-password'))
    await user.type(await hook('file-password'), 'changeit')
    await user.click(await hook('unlock-file'))
    await waitFor(() => expect(files[1]!.dataset.state).toBe('open'))
    expect(host.sent('inspect_file').map((sent) => sent.password)).toEqual([null, null, null, 'another', 'changeit'])
  })

  it('come by being dropped, wherever the user is', async () => {
    const { host, hook } = await openWindow('#/activity', answerFiles(fleetHost()))
    host.emit('files_dropped', offered.slice(0, 1))
    expect((await hook('inspected-file')).dataset.state).toBe('open')
    expect((await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })).violations).toEqual([])
  })

  it('are searched, and compared with a live server', async () => {
    const { host, user, hook, findByTestId } = await openWindow('#/files', answerFiles(fleetHost()))
    host.emit('files_dropped', offered.slice(0, 1))
    await user.type(await hook('search-certificates'), 'proxy')
    const file = await hook('inspected-file')
    await waitFor(() => expect(within(file).getAllByTestId('inspected-certificate')).toHaveLength(1))
    expect(within(file).getByTestId('odd-no_names').textContent).toContain('names no address')

    await user.click(await hook('check-signer'))
    expect(host.sent('signer')).toEqual([])
    await user.type(await hook('signer-address'), '10.0.12.34:6379')
    await user.click(await hook('check-signer'))
    expect((await findByTestId('signed')).dataset.signed).toBe('true')
  })
})
