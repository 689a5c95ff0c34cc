import type { Report, RouteView, ViaForm } from '../host/generated'
import { addressProblem } from './address'

export type RouteKind = 'direct' | 'socks5' | 'http' | 'ssh'

export const routeKinds: RouteKind[] = ['direct', 'socks5', 'http', 'ssh']

/** What stands between, as the form has it. Secrets go to Rust and do not come back. */
export interface RouteInput {
  kind: RouteKind
  /** `host:port` of the hop. */
  address: string
  user: string
  password: string
  keyFile: boolean
  passphrase: string
  /** Password and passphrase go into the keychain. */
  remember: boolean
}

const ports: Record<Exclude<RouteKind, 'direct'>, number> = { socks5: 1080, http: 3128, ssh: 22 }

export function portOf(kind: RouteKind): number {
  return kind === 'direct' ? 0 : ports[kind]
}

/** What was used before, without its secrets. */
export function routeInput(view: Pick<RouteView, 'url'> & { key_file?: unknown; remembered?: boolean } | null | undefined): RouteInput {
  const direct: RouteInput = { kind: 'direct', address: '', user: '', password: '', keyFile: false, passphrase: '', remember: false }
  const [, scheme, rest] = /^(socks5|http|ssh):\/\/(.*)$/.exec(view?.url ?? '') ?? []
  if (!scheme || rest === undefined) return direct
  const at = rest.lastIndexOf('@')
  return { ...direct, kind: scheme as RouteKind, user: at < 0 ? '' : rest.slice(0, at), address: rest.slice(at + 1), keyFile: Boolean(view?.key_file), remember: view?.remembered ?? false }
}

/** Why it cannot be used; the texts are those of addresses. Port and user of an SSH host may stand in `~/.ssh/config`. */
export function routeProblem(input: RouteInput): '' | 'missing' | 'malformed' | 'port' {
  return input.kind === 'direct' ? '' : (addressProblem(withPort(input)) ?? '')
}

/** None for the direct way. */
export function viaForm(input: RouteInput): ViaForm | null {
  if (input.kind === 'direct') return null
  const user = input.user.trim()
  return {
    url: `${input.kind}://${user ? `${user}@` : ''}${input.kind === 'ssh' ? input.address.trim() : withPort(input)}`,
    password: input.password || null,
    key_file: input.kind === 'ssh' && input.keyFile,
    passphrase: input.kind === 'ssh' && input.keyFile ? input.passphrase || null : null,
    remember: input.remember,
  }
}

/** A host alone has the usual port. */
function withPort(input: RouteInput): string {
  const address = input.address.trim()
  return address === '' || /:\d*$/.test(address) ? address : `${address}:${portOf(input.kind)}`
}

/** The key of an SSH host that nobody has accepted yet. */
export interface HostKey {
  kind: string
  fingerprint: string
}

export function newHostKey(report: Report): HostKey | null {
  const facts = report.stages.find((stage) => stage.id === 'hop' && stage.cause === 'ssh.host_key_unknown')?.facts
  const { host_key, host_key_sha256, accepted_sha256 } = facts ?? {}
  // Where another key was accepted, this one is not to be taken with a click.
  if (accepted_sha256 !== undefined) return null
  return typeof host_key === 'string' && typeof host_key_sha256 === 'string' ? { kind: host_key, fingerprint: host_key_sha256 } : null
}
