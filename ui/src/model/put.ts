import type { HostForm, HostPlan, HostProblem, HostRow, PutForm, PutOutcome, PutStep, TrustFormat } from '../host/generated'
import type { IconName } from '../components/icons'

/** What the dialog has; secrets go to Rust and do not come back. */
export interface PutInput {
  /** Names of `~/.ssh/config` that are ticked. */
  ticked: string[]
  /** Further hosts, as they are typed. */
  typed: string
  folder: string
  name: string
  owner: string
  mode: string
  format: TrustFormat
  /** Of a truststore. */
  storePassword: string
  keyFile: boolean
  passphrase: string
  password: string
  test: boolean
}

export function putInput(instanceId: string): PutInput {
  return { ticked: [], typed: '', folder: '', name: `${instanceId}-ca.pem`, owner: '', mode: '', format: 'pem', storePassword: '', keyFile: false, passphrase: '', password: '', test: true }
}

/** Another format has another extension, unless the user gave the file a name of their own. */
export function named(input: PutInput, instanceId: string, format: TrustFormat): PutInput {
  const usual = (format: TrustFormat) => `${instanceId}-ca.${format}`
  return { ...input, format, name: input.name === usual(input.format) ? usual(format) : input.name }
}

/** The ticked ones, then the typed ones, which spaces, commas and lines separate. */
export function hostsOf(input: PutInput): string[] {
  const typed = input.typed.split(/[\s,;，；]+/).filter(Boolean)
  return [...new Set([...input.ticked, ...typed])]
}

/** What is still missing. */
export function putProblem(input: PutInput): '' | 'hosts' | 'folder' | 'name' | 'password' {
  if (hostsOf(input).length === 0) return 'hosts'
  if (!/^(\/|~(\/|$))/.test(input.folder.trim())) return 'folder'
  if (!input.name.trim() || input.name.includes('/')) return 'name'
  return isTruststore(input.format) && input.storePassword.length < 6 ? 'password' : ''
}

export function isTruststore(format: TrustFormat): boolean {
  return format === 'p12' || format === 'jks'
}

/** For these hosts alone, with the keys of new ones that the user has accepted. */
export function putForm(instanceId: string, input: PutInput, hosts: string[], accepted: string[]): PutForm {
  const host = (host: string): HostForm => ({
    host,
    password: input.password || null,
    passphrase: input.passphrase || null,
    key_file: input.keyFile,
    accept_host_keys: accepted,
  })
  return {
    instance_id: instanceId,
    format: input.format,
    password: isTruststore(input.format) ? input.storePassword : null,
    place: { folder: input.folder.trim(), name: input.name.trim(), owner: input.owner.trim() || null, mode: input.mode.trim() || null },
    hosts: hosts.map(host),
    test: input.test,
  }
}

/** The key that a host shows which is not known yet. */
export function newKey(host: HostPlan): string | null {
  const stage = host.problem?.stage
  const shown = stage?.cause === 'ssh.host_key_unknown' ? stage.facts.host_key_sha256 : null
  return typeof shown === 'string' ? shown : null
}

/** Evidence in the words of the host: a path, a name, what it said. */
export function evidence(problem: HostProblem): string {
  return ['path', 'name', 'owner', 'mode', 'said']
    .map((fact) => problem.facts[fact])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(', ')
}

type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'off'

export const steps: Record<PutStep, { tone: Tone; icon: IconName }> = {
  create: { tone: 'info', icon: 'add' },
  replace: { tone: 'info', icon: 'swap' },
  adjust: { tone: 'info', icon: 'settings' },
  same: { tone: 'ok', icon: 'passed' },
  blocked: { tone: 'bad', icon: 'failed' },
}

export const outcomes: Record<PutOutcome, { tone: Tone; icon: IconName }> = {
  created: { tone: 'ok', icon: 'passed' },
  replaced: { tone: 'ok', icon: 'passed' },
  adjusted: { tone: 'ok', icon: 'passed' },
  already_there: { tone: 'ok', icon: 'passed' },
  failed: { tone: 'bad', icon: 'failed' },
  cancelled: { tone: 'off', icon: 'skipped' },
}

/** Hosts that the file is not on. */
export function unserved(rows: HostRow[]): string[] {
  return rows.filter((row) => row.outcome === 'failed' || row.outcome === 'cancelled').map((row) => row.host)
}
