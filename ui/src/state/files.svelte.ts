import type { FileLook, Inspected, OfferedFile, Signed } from '../host/generated'
import { HostError, type Host } from '../host/host'
import { language } from '../i18n/index.svelte'
import type { Notices } from './notices.svelte'

/** A file of certificates that its user wants to see. */
export class InspectedFile {
  look = $state.raw<FileLook | null>(null)
  /** What is looked for in it. */
  query = $state('')
  shown = $state.raw<Inspected[]>([])
  /** How many certificates fit the query. */
  found = $state(0)
  busy = $state(false)
  signed = $state.raw<Signed | null>(null)
  error = $state.raw<HostError | null>(null)

  constructor(
    private readonly host: Host,
    readonly file: OfferedFile,
  ) {}

  async open(password: string | null = null): Promise<void> {
    await this.#ask(async () => {
      const look = await this.host.call('inspect_file', { file: this.file.id, password, language: language() })
      if (look.state === 'open') {
        this.shown = look.inspection.certificates
        this.found = look.total
      }
      this.look = look
    })
  }

  /** The first of those that fit. */
  async search(): Promise<void> {
    await this.#page(0)
  }

  async more(): Promise<void> {
    await this.#page(this.shown.length)
  }

  async check(address: string): Promise<void> {
    this.signed = null
    await this.#ask(async () => {
      this.signed = await this.host.call('signer', { file: this.file.id, address })
    })
  }

  async #page(from: number): Promise<void> {
    const text = this.query
    try {
      const page = await this.host.call('inspected', { file: this.file.id, text, from })
      // What was typed meanwhile is answered by a later page.
      if (text !== this.query) return
      this.shown = from === 0 ? page.certificates : [...this.shown, ...page.certificates]
      this.found = page.found
    } catch (thrown) {
      this.error = HostError.from(thrown)
    }
  }

  async #ask(work: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.error = null
    try {
      await work()
    } catch (thrown) {
      this.error = HostError.from(thrown)
    } finally {
      this.busy = false
    }
  }
}

/** The files that were dropped on the window or chosen, newest first. */
export class Files {
  all = $state.raw<InspectedFile[]>([])

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  take(offered: OfferedFile[]): void {
    const files = offered.map((file) => new InspectedFile(this.host, file))
    this.all = [...files, ...this.all]
    for (const file of files) void file.open()
  }

  async choose(): Promise<void> {
    try {
      this.take(await this.host.call('choose_certificate_files'))
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  close(file: InspectedFile): void {
    this.all = this.all.filter((one) => one !== file)
  }
}
