import '../src/styles/index.css'
import { mount } from 'svelte'
import App from '../src/App.svelte'
import { Session } from '../src/state/session.svelte'
import type { JobSnapshot } from '../src/host/generated'
import { app, before, inventory, job, reports, row } from '../test/fixture/data'
import { edge } from '../test/fixture/host'
import { finished, fleetHost } from '../test/fixture/session'

// `?lang=zh-CN&theme=dark&state=first&report=unreachable&rows=10000&job=silent&quit&press=bulk-enable`
const query = new URLSearchParams(location.search)
const host = fleetHost()
const settings = { language: query.get('lang') ?? 'en', theme: query.get('theme') ?? 'light' }
const first = query.get('state') === 'first'
const vault = query.get('vault') as 'locked' | null

host.answers.app_snapshot = () =>
  app({
    settings,
    ...(first ? { active: null, accounts: [] } : {}),
    ...(query.has('detected') ? { detected: [{ id: 'env', source: 'environment', place: 'TENCENTCLOUD_SECRET_ID', secret_id: 'AKID…AMPLE' }] } : {}),
    ...(vault ? { vault } : {}),
  })
const many = Number(query.get('rows'))
if (many) host.answers.inventory_snapshot = () => inventory(Array.from({ length: many }, (_, at) => row(`crs-${at.toString(36)}`, { name: `cache-${at}` })))
const jobs: Record<string, Partial<JobSnapshot>> = {
  submitting: { phase: 'submitting', task_id: null, events: job().events.slice(0, 1) },
  silent: { trouble: { since: before(40_000), error: edge({ code: 'timeout' }) } },
  keyless: { trouble: { since: before(40_000), error: edge({ code: 'credentials_rejected' }) } },
  detached: { phase: 'detached', finished: before(5000) },
}
const shownJob = jobs[query.get('job') ?? '']
if (shownJob) host.answers.job_snapshots = () => [job(shownJob), ...finished]
if (query.has('over')) {
  const made = host.answers.plan
  host.answers.plan = async (args) => ({ ...(await made?.(args))!, expires: before(-1500) })
}
if (query.get('state') === 'testing') host.answers.test_connection = () => new Promise(() => undefined)

const session = new Session(host)
const target = document.getElementById('app')
if (target) mount(App, { target, props: { session } })

const shown = query.get('report') as keyof typeof reports | null
setTimeout(() => {
  if (query.has('quit')) host.emit('quit_asked', [job(), job({ id: 'job-2', instance_name: 'order-cache-prod' })])
  if (shown) for (const id of ['', 'crs-5k2mfx7q', 'crs-c7d0pw4e']) session.tests.reports.set(id, reports[shown])
  const queue = query.get('press')?.split(',') ?? []
  const press = () => {
    const next = queue.shift()
    if (!next) return
    document.querySelector<HTMLElement>(`[data-testid="${next}"]`)?.click()
    setTimeout(press, 150)
  }
  press()
}, 400)
