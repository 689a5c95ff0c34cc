import '../src/styles/index.css'
import { mount } from 'svelte'
import App from '../src/App.svelte'
import { Session } from '../src/state/session.svelte'
import type { JobSnapshot, TestRun } from '../src/host/generated'
import { account, after, app, before, founds, inspected, inventory, job, met, reports, row, stopped, testRun } from '../test/fixture/data'
import { answerFiles, offered } from '../test/fixture/files'
import { edge, failure } from '../test/fixture/host'
import { putRun } from '../test/fixture/servers'
import { finished, fleetHost } from '../test/fixture/session'
import { snippet } from '../test/fixture/snippets'

// `?lang=zh-CN&theme=dark&state=first&report=unreachable&rows=10000&job=silent&quit&press=bulk-enable`
// `&run=running|finished|cancelled&hop=unknown|changed&files`
// `&put=form|plan|running|ended`
// `&run=running|finished|cancelled&hop=unknown|changed&naming=nameless|other|unseen`
// `&account=network|clock|custom|temporary&answer=inspected|proxy|kind|untrusted|clock`
const query = new URLSearchParams(location.search)
const host = fleetHost()
const settings = { language: query.get('lang') ?? 'en', theme: query.get('theme') ?? 'light', warn_of_expiry: true }
const first = query.get('state') === 'first'
const vault = query.get('vault') as 'locked' | null
const accounts = {
  network: { ...account, network: met },
  clock: { ...account, clock_offset: 432 },
  custom: { ...account, site: { kind: 'custom' as const, url: 'https://redis.corp.example:8443' }, clock_offset: 432 },
  temporary: { ...account, temporary: true, expires: after(9 * 60_000) },
}
const kind = query.get('account') as keyof typeof accounts | null
const proxy = { proxy: 'proxy.example.com:8080' }
const answers = {
  inspected: failure({ code: 'connection_inspected', details: { peer: inspected } }),
  proxy: failure({ code: 'proxy_login', details: { failure: 'login_refused', ...proxy } }),
  kind: failure({ code: 'proxy_login', details: { failure: 'login_kind', schemes: 'Negotiate, NTLM', ...proxy } }),
  untrusted: failure({ code: 'certificate_untrusted', details: { failure: 'untrusted_issuer', peer: inspected } }),
  clock: failure({ code: 'clock_skewed', details: { offset_seconds: 432 } }),
}
const answer = query.get('answer') as keyof typeof answers | null
const answering = () => {
  if (answer) throw answers[answer]
  return kind ? accounts[kind] : account
}

host.answers.app_snapshot = () =>
  app({
    settings,
    ...(kind ? { accounts: [accounts[kind]] } : {}),
    ...(first ? { active: null, accounts: [] } : {}),
    ...(query.has('detected') ? { detected: founds } : {}),
    ...(vault ? { vault } : {}),
  })
host.answers.sign_in = host.answers.check_account = host.answers.change_network = answering
const many = Number(query.get('rows'))
if (many) host.answers.inventory_snapshot = () => inventory(Array.from({ length: many }, (_, at) => row(`crs-${at.toString(36)}`, { name: `cache-${at}` })))
const jobs: Record<string, Partial<JobSnapshot>> = {
  submitting: { phase: 'submitting', task_id: null, events: job().events.slice(0, 1) },
  silent: { trouble: { since: before(40_000), error: edge({ code: 'timeout' }) } },
  keyless: { trouble: { since: before(40_000), error: edge({ code: 'credentials_rejected' }) } },
  failed: { phase: 'failed', finished: before(5000), error: edge({ code: 'task_failed', message: 'upgrade flow ended with error 1002' }) },
  detached: { phase: 'detached', finished: before(5000) },
}
const shownJob = jobs[query.get('job') ?? '']
if (shownJob) host.answers.job_snapshots = () => [job(shownJob), ...finished]
if (query.has('over')) {
  const made = host.answers.plan
  host.answers.plan = async (args) => ({ ...(await made?.(args))!, expires: before(-1500) })
}
const runs: Record<string, Partial<TestRun>> = {
  running: { total: 1200, done: 431, proven: 424, failed: 7 },
  finished: { state: 'finished', total: 1200, done: 1200, proven: 1180, failed: 17, untested: 3, reasons: [{ instance_id: 'crs-5k2mfx7q', error: edge({ code: 'certificate_download_failed' }) }] },
  cancelled: { state: 'cancelled', total: 1200, done: 431, proven: 424, failed: 7 },
}
const shownRun = runs[query.get('run') ?? '']
if (shownRun) {
  host.answers.test_run = () => testRun({ ...shownRun, state: 'running' })
  setTimeout(() => host.emit('test_run_changed', testRun(shownRun)), 500)
}
const hop = query.get('hop') as 'unknown' | 'changed' | null
if (hop) {
  host.answers.test_route = () => ({ url: 'ssh://ops@jump.example.com:22', key_file: { path: '/home/dba/.ssh/work', encrypted: true }, remembered: true, may_remember: true })
  host.answers.test_connection = () => stopped(`ssh.host_key_${hop}`)
}
if (query.get('state') === 'testing') host.answers.test_connection = () => new Promise(() => undefined)

const naming = query.get('naming')
if (naming) {
  const seen = naming === 'unseen' ? { naming: null, seen: null } : { naming: naming === 'other' ? { kind: 'other' as const, names: ['10.2.0.17'] } : { kind: 'nameless' as const } }
  host.answers.snippet = ({ form }) => snippet(form, seen)
}
const session = new Session(host)
const target = document.getElementById('app')
if (target) mount(App, { target, props: { session } })

const shown = query.get('report') as keyof typeof reports | null
setTimeout(() => {
  if (query.has('files')) answerFiles(host).emit('files_dropped', offered)
  if (query.has('quit')) host.emit('quit_asked', [job(), job({ id: 'job-2', instance_name: 'order-cache-prod' })])
  if (shown) for (const id of ['', 'crs-5k2mfx7q', 'crs-c7d0pw4e']) session.tests.reports.set(id, reports[shown])
  // SSL is off there.
  if (shown === 'plaintext') session.tests.reports.set('crs-m4x8za2j', { ...reports.plaintext, target: { ...reports.plaintext.target, address: '10.8.3.20:6379' } })
  const put = query.get('put')
  if (put) void showPut(put)
  const queue = query.get('press')?.split(',') ?? []
  const press = () => {
    const next = queue.shift()
    if (!next) return
    document.querySelector<HTMLElement>(`[data-testid="${next}"]`)?.click()
    setTimeout(press, 150)
  }
  press()
}, 400)

async function showPut(state: string): Promise<void> {
  const { putting } = session
  putting.open('crs-5k2mfx7q')
  putting.input = { ...putting.input, ticked: ['web-1', 'web-2'], typed: 'deploy@10.0.12.10 deploy@10.0.12.11', folder: '/etc/ssl/redis' }
  if (state === 'form') return
  await putting.look()
  const { plan } = putting
  if (state === 'plan' || !plan) return
  await putting.apply()
  putting.take(putRun(plan, state === 'ended'))
}
