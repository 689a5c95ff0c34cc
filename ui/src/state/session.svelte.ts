import { getContext, setContext } from 'svelte'
import type { AppSnapshot, InstanceRow, Plan } from '../host/generated'
import type { Host } from '../host/host'
import { t } from '../i18n/index.svelte'
import { App } from './app.svelte'
import { Files } from './files.svelte'
import { FleetView } from './fleet-view.svelte'
import { Inventory } from './inventory.svelte'
import { Jobs } from './jobs.svelte'
import { Notices } from './notices.svelte'
import { Planning } from './planning.svelte'
import { Putting } from './putting.svelte'
import { Quit } from './quit.svelte'
import { go } from './route.svelte'
import { TestRuns } from './test-run.svelte'
import { Tests } from './tests.svelte'

/** Everything the window shows, fed by one host. */
export class Session {
  readonly notices = new Notices()
  readonly app: App
  readonly inventory: Inventory
  readonly jobs: Jobs
  readonly planning: Planning
  readonly putting: Putting
  readonly tests: Tests
  readonly testRuns: TestRuns
  readonly quit: Quit
  readonly files: Files
  readonly fleetView = new FleetView()
  /** The palette is open. */
  palette = $state(false)
  #account: string | null = null
  #listening: Promise<unknown> | null = null

  constructor(readonly host: Host) {
    this.app = new App(host, this.notices)
    this.inventory = new Inventory(host, this.notices)
    this.jobs = new Jobs(host, this.notices)
    this.tests = new Tests(host)
    this.putting = new Putting(host)
    this.testRuns = new TestRuns(host, this.notices)
    this.quit = new Quit(host, this.notices)
    this.files = new Files(host, this.notices)
    this.planning = new Planning(host, (plan, jobs) => {
      this.jobs.take(...jobs)
      this.notices.done(t('plan.started', { count: jobs.length, action: actionTitle(plan) }))
    })
  }

  /** Listens first and asks then, so that nothing falls in between. */
  async start(): Promise<void> {
    this.#listening ??= this.#listen()
    await this.#listening
    await this.app.load()
    if (this.app.snapshot) this.#take(this.app.snapshot)
  }

  /** Tests these, each as soon as there is room; their rows tell what came of it. */
  testMany(rows: InstanceRow[]): void {
    const ids = rows.map((row) => row.instance_id)
    // What is shown of them next is to be the newest.
    for (const id of ids) this.tests.reports.delete(id)
    void this.testRuns.start(ids)
  }

  #listen(): Promise<unknown> {
    return Promise.all([
      this.host.on('app_changed', (snapshot) => this.#take(snapshot)),
      this.host.on('inventory_changed', (change) => {
        if (change.now.account_id === this.#account) void this.inventory.change(change)
      }),
      this.host.on('job_changed', (job) => this.jobs.take(job)),
      this.host.on('test_progress', (progress) => this.tests.progress(progress)),
      this.host.on('test_run_changed', (run) => {
        if (run.account_id === this.#account) this.testRuns.take(run)
      }),
      this.host.on('files_dropped', (files) => {
        this.files.take(files)
        go({ screen: 'files' })
      }),
      this.host.on('put_changed', (run) => this.putting.take(run)),
      this.host.on('quit_asked', (jobs) => this.quit.ask(jobs)),
    ])
  }

  #take(snapshot: AppSnapshot): void {
    this.app.take(snapshot)
    if (snapshot.active === this.#account) return
    this.#account = this.jobs.account = snapshot.active
    this.tests.forget()
    this.fleetView.reset()
    this.planning.close()
    this.putting.close()
    this.notices.clear()
    if (snapshot.active !== null) {
      void this.inventory.load()
      void this.jobs.load()
      void this.testRuns.load()
    }
  }
}

function actionTitle(plan: Plan): string {
  return t(`action.${plan.action.kind}`)
}

const KEY = Symbol('session')

export function provideSession(session: Session): Session {
  return setContext(KEY, session)
}

export function useSession(): Session {
  return getContext<Session>(KEY)
}
