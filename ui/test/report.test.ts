import { waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { Stage } from '../src/host/generated'
import { stageText } from '../src/i18n/catalogues'
import { commonPrefix } from '../src/model/compare'
import { axis } from '../src/model/waterfall'
import { report, reports } from './fixture/data'
import { cost, deep } from './fixture/deep'
import { fleetHost } from './fixture/session'
import { openWindow } from './fixture/window'

async function show(shown: keyof typeof reports) {
  const host = fleetHost()
  host.answers.test_connection = () => reports[shown]
  const opened = await openWindow('#/instances/crs-5k2mfx7q/test', host)
  await opened.user.click(await opened.hook('test-run'))
  return { ...opened, verdict: await opened.hook('verdict') }
}

describe('a report', () => {
  it('of a proven connection is a status with its stages and chain', async () => {
    const { verdict, hook, findAllByTestId } = await show('secure')
    expect(verdict.getAttribute('data-verdict')).toBe('secure')
    expect(verdict.getAttribute('role')).toBe('status')
    expect(verdict.textContent).toContain('All 6 stages passed.')
    const tls = await hook('stage-tls')
    expect(tls.getAttribute('data-elapsed-us')).toBe('22500')
    expect(tls.textContent).toContain('TLS 1.3')
    expect(await findAllByTestId(/^link-/)).toHaveLength(2)
  })

  it('without a name to check is neither passed nor failed, and says why', async () => {
    const { verdict, hook } = await show('chain_only')
    expect(verdict.className).toContain('verdict--warn')
    expect((await hook('cause')).getAttribute('data-cause')).toBe('certificate.name_not_checkable')
    expect((await hook('remark')).textContent).toContain('no subject alternative name')
    expect((await hook('link-leaf')).textContent).toContain('None: no name can be checked')
  })

  it('says what each client library will say, and which setting makes it work', async () => {
    const { hook, user } = await show('chain_only')
    expect((await hook('client-redis-cli')).textContent).toContain('Not checked')
    const refused = await hook('client-redis-py-7')
    expect(refused.getAttribute('data-outcome')).toBe('refuses')
    expect(refused.textContent).toContain("certificate is not valid for '10.0.12.34'")
    await user.click(within(refused).getByRole('button', { name: 'Copy the setting for redis-py' }))
    expect(await navigator.clipboard.readText()).toBe('ssl=True, ssl_ca_certs="ca.pem", ssl_check_hostname=False')
  })

  it('offers no setting where none would be safe', async () => {
    const { hook } = await show('plaintext')
    const refused = await hook('client-ioredis-5')
    expect(refused.textContent).toContain('This Redis speaks without encryption')
    expect(within(refused).queryByRole('button')).toBeNull()
    expect(refused.textContent).toContain('No setting of the client’s mends this')
  })

  it('of a server out of reach says nothing of clients', async () => {
    const { container } = await show('unreachable')
    expect(container.querySelector('[data-testid="clients"]')).toBeNull()
  })

  it('of a wrong name is an alert that compares the two', async () => {
    const { verdict, hook, container } = await show('insecure')
    expect(verdict.getAttribute('role')).toBe('alert')
    expect((await hook('cause')).textContent).toContain('genuine, but it names another address')
    expect([...container.querySelectorAll('.plate__v b')].map((part) => part.textContent)).toEqual(['17', '9'])
    expect((await hook('stage-redis')).getAttribute('data-status')).toBe('skipped')
  })

  it('uses the text that fits what was found', () => {
    const stage: Stage = { id: 'tcp', status: 'failed', cause: 'tcp.timeout', facts: {}, started_us: 0, elapsed_us: 1 }
    const usual = stageText(stage)
    const hinted = stageText({ ...stage, facts: { hint: 'private' } })
    expect(hinted?.fix).toContain('VPN')
    expect(hinted).not.toEqual(usual)
    expect(stageText({ ...stage, facts: { hint: 'unheard of' } })).toEqual(usual)
  })

  it('of a plaintext server shows what it said', async () => {
    const { hook, container } = await show('plaintext')
    expect((await hook('cause')).getAttribute('data-cause')).toBe('tls.plaintext_server')
    expect(container.textContent).toContain('-ERR unknown command')
  })

  it('of a plaintext server whose SSL is off is no alarm, and is one for any other address', async () => {
    const host = fleetHost()
    host.answers.test_connection = ({ form }) => (form.address ? { ...reports.plaintext, target: { ...reports.plaintext.target, address: form.address } } : { ...reports.plaintext, target: { ...reports.plaintext.target, address: '10.8.3.20:6379' } })
    const { user, hook, container } = await openWindow('#/instances/crs-m4x8za2j/test', host)
    await user.click(await hook('test-run'))
    const calm = await hook('verdict')
    expect([calm.dataset.verdict, calm.getAttribute('role')]).toEqual(['insecure', 'status'])
    expect(calm.className).toContain('verdict--off')
    expect((await hook('stage-tls')).className).toBe('off')
    expect(container.textContent).toContain('To turn SSL on')
    expect(container.textContent).not.toContain('How to fix it')
    await user.click(await hook('test-change'))
    await user.click(await hook('address-typed'))
    await user.type(await hook('test-address'), '10.9.9.9:6379')
    await user.click(await hook('test-run'))
    expect((await hook('verdict')).getAttribute('role')).toBe('alert')
    expect((await hook('stage-tls')).className).toBe('bad')
    expect(container.textContent).toContain('How to fix it')
  })

  it('of several addresses shows each', async () => {
    const { hook } = await show('unreachable')
    expect((await hook('address-10.0.12.34:6379')).getAttribute('data-verdict')).toBe('unreachable')
    expect((await hook('address-10.0.12.35:6379')).getAttribute('data-verdict')).toBe('secure')
  })

  it('that is proven while Redis refuses says both', async () => {
    const host = fleetHost()
    const stages = report().stages.map((stage) => (stage.id === 'redis' ? { ...stage, status: 'failed' as const, cause: 'redis.wrong_password' as const } : stage))
    host.answers.test_connection = () => report({ cause: 'redis.wrong_password', stages })
    const { user, hook } = await openWindow('#/instances/crs-5k2mfx7q/test', host)
    await user.click(await hook('test-run'))
    expect((await hook('verdict')).textContent).not.toContain('stages passed')
    expect((await hook('remark')).getAttribute('data-cause')).toBe('redis.wrong_password')
  })

  it('is saved and copied as it stands, in the language that is shown', async () => {
    const { user, hook, host } = await show('insecure')
    host.answers.save_report = () => ({ path: '/home/dba/report.html', size: 1, sha256: '' })
    host.answers.report_markdown = () => '# The certificate'
    await user.click(await hook('report-save'))
    await user.click(await hook('save-html'))
    expect(host.sent('save_report')).toEqual([{ report: reports.insecure, format: 'html', language: 'en' }])
    await user.click(await hook('report-copy'))
    await user.click(await hook('copy-markdown'))
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe('# The certificate'))
    expect(host.sent('report_markdown')).toEqual([{ report: reports.insecure, language: 'en' }])
  })

  it('offers to find out more, and one report has all of it', async () => {
    const { user, hook, host, queryByTestId } = await show('secure')
    host.answers.test_connection = ({ form }) => report({ ...(form.deep ? deep : {}), ...(form.cost ? { cost } : {}) })
    await user.click(await hook('run-deep'))
    await hook('survey')
    expect(queryByTestId('run-deep')).toBeNull()
    await user.click(await hook('run-cost'))
    expect((await hook('cost-handshake')).textContent).toContain('22.5')
    expect(host.sent('test_connection').map(({ form }) => [form.deep, form.cost])).toEqual([[false, false], [true, false], [true, true]])
    await hook('survey')
    expect(queryByTestId('run-cost')).toBeNull()
  })

  it('of everything that is accepted marks what is old, weak or not known', async () => {
    const { hook, findAllByTestId } = await show('deep')
    expect((await hook('survey')).textContent).toContain('58 connections')
    const accepted = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1', 'SSLv3'].map(async (version) => (await hook(`protocol-${version}`)).dataset.accepted)
    expect(await Promise.all(accepted)).toEqual(['true', 'true', 'true', 'false', 'null'])
    expect((await hook('protocol-TLSv1.1')).querySelector('.st--warn')).not.toBeNull()
    expect((await hook('suites-TLSv1.2')).dataset.weak).toBe('2')
    const order = (await hook('suites-TLSv1.2')).querySelectorAll('[data-testid^=suite-]')
    expect([...order].map((row) => (row as HTMLElement).dataset.weakness)).toEqual(['', 'short_dh', 'triple_des'])
    expect((await hook('survey')).textContent).toContain('post-quantum')
    expect((await hook('survey')).textContent).toContain('it may limit connections')
    expect((await findAllByTestId('remark')).map((remark) => remark.dataset.cause)).toEqual(['policy.old_protocol', 'policy.weak_cipher'])
    expect((await hook('cost-ping_plaintext')).textContent).toContain('The port takes no plaintext')
  })
})

describe('a test', () => {
  it('sends what was chosen, and keeps no password', async () => {
    const { user, hook, host, session } = await openWindow('#/instances/crs-5k2mfx7q/test')
    await user.click(await hook('address-public'))
    await user.type(await hook('test-name'), 'redis.internal')
    await user.type(await hook('test-password'), 's3cret')
    await user.click(await hook('test-run'))
    expect(host.sent('test_connection')).toMatchObject([
      { form: { instance_id: 'crs-5k2mfx7q', address: 'gz-crs-5k2mfx7q.sql.tencentcdb.com:23071', name: 'redis.internal', sni: null, trust: 'instance', password: 's3cret' } },
    ])
    await hook('verdict')
    expect(JSON.stringify([...session.tests.inputs])).not.toContain('s3cret')
  })

  it('shows its stages as they end and can be cancelled', async () => {
    const host = fleetHost()
    host.answers.test_connection = () => new Promise(() => undefined)
    const { user, hook, container } = await openWindow('#/instances/crs-5k2mfx7q/test', host)
    await user.click(await hook('test-run'))
    await hook('test-running')
    const id = host.sent('test_connection')[0]?.form.test_id ?? ''
    host.emit('test_progress', { test_id: 'another', stages: report().stages })
    host.emit('test_progress', { test_id: id, stages: report().stages.slice(0, 2) })
    await Promise.resolve()
    expect(container.querySelectorAll('.phases .done')).toHaveLength(2)
    await user.click(await hook('test-cancel'))
    expect(host.sent('cancel_test')).toEqual([{ test_id: id }])
  })

  it('of an address of one’s own wants host and port', async () => {
    const { user, hook, host, container } = await openWindow('#/test')
    await user.click(await hook('test-run'))
    await user.type(await hook('test-address'), 'redis.example.com')
    await user.click(await hook('test-run'))
    expect(container.textContent).toContain('Write host:port')
    await user.type(await hook('test-address'), ':99999')
    await user.click(await hook('test-run'))
    expect(container.textContent).toContain('Ports go from 1 to 65535')
    await user.clear(await hook('test-address'))
    await user.type(await hook('test-address'), 'redis.example.com:6379')
    await user.click(await hook('test-run'))
    expect(host.sent('test_connection')).toMatchObject([{ form: { instance_id: null, address: 'redis.example.com:6379', trust: 'os' } }])
  })
})

it('the time axis ends at a round figure past the last stage', () => {
  expect(axis(report())).toEqual({ total: 50_000, ticks: ['0', '10', '20', '30', '40'] })
  const quick = report({ stages: report().stages.map((stage) => ({ ...stage, started_us: 0, elapsed_us: 300 })) })
  expect(axis(quick).ticks).toEqual(['0', '0.1', '0.2', '0.3', '0.4'])
})

it('two names differ from the part that differs', () => {
  expect(commonPrefix('10.2.0.17', '10.2.0.19')).toBe('10.2.0.'.length)
  expect(commonPrefix('a.example.com', 'b.example.com')).toBe(0)
})
