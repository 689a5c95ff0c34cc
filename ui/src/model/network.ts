import type { AccountView, ApiCa, DistinguishedName, EdgeError, NetworkForm, NetworkView, Peer, ProxyChoice } from '../host/generated'
import { t } from '../i18n/index.svelte'

/** A clock that is off by more seconds is worth a word; at 300 the cloud refuses every request. */
const CLOCK_SECONDS = 60

/** A temporary key that ends sooner is worth a word. */
export const KEY_SOON = 15 * 60_000

/** What is typed about the way to the cloud, before it is sent. */
export interface NetworkDraft {
  proxy: ProxyChoice['kind']
  url: string
  user: string
  password: string
  /** The proxy's login is kept with the key, and stays. */
  keepLogin: boolean
  apiCa: ApiCa | null
}

export function draftOf(network?: NetworkView): NetworkDraft {
  return {
    proxy: network?.proxy.kind ?? 'system',
    url: network?.proxy.kind === 'url' ? network.proxy.url : '',
    user: '',
    password: '',
    keepLogin: network?.with_login ?? false,
    apiCa: network?.api_ca ?? null,
  }
}

export type ProxyProblem = 'missing' | 'malformed' | 'scheme' | 'login'

/** What is wrong with a draft's proxy; the engine checks it again. */
export function proxyProblem({ proxy, url }: NetworkDraft): ProxyProblem | null {
  if (proxy !== 'url') return null
  const text = url.trim()
  if (!text) return 'missing'
  let parsed: URL
  try {
    parsed = new URL(text.includes('://') ? text : `http://${text}`)
  } catch {
    return 'malformed'
  }
  if (!['http:', 'https:', 'socks5:', 'socks5h:'].includes(parsed.protocol)) return 'scheme'
  if (parsed.username || parsed.password) return 'login'
  return parsed.hostname ? null : 'malformed'
}

export function formOf(draft: NetworkDraft, accept: string[] = []): NetworkForm {
  return {
    proxy: draft.proxy === 'url' ? { kind: 'url', url: draft.url.trim() } : { kind: draft.proxy },
    login: draft.keepLogin ? { kind: 'keep' } : draft.user.trim() ? { kind: 'given', user: draft.user.trim(), password: draft.password } : { kind: 'none' },
    api_ca: draft.apiCa?.id ?? null,
    accept,
  }
}

/** The host and its certificate that an error is about. */
export function peerOf(error: Pick<EdgeError, 'details'>): Peer | null {
  const peer = error.details.peer
  return peer && typeof peer === 'object' ? (peer as Peer) : null
}

/** A distinguished name as people read it. */
export function nameOf(name?: DistinguishedName): string {
  const [first, second] = [name?.common_name, name?.organization].filter((part) => part !== undefined && part !== '')
  if (!first) return t('network.unnamed')
  return second ? t('network.name', { name: first, organization: second }) : first
}

/** Seconds that this computer's clock is off, where that is worth a word. */
export function clockOff(account: AccountView | null): number | null {
  const offset = account?.clock_offset ?? null
  return offset !== null && Math.abs(offset) > CLOCK_SECONDS ? offset : null
}
