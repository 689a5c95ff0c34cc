import type { IconName } from '../components/icons'
import type { CipherSuite, Protocol } from '../host/generated'
import type { TextKey } from '../i18n/index.svelte'

/** How a protocol version looks in the list: an old one that is accepted stands out. */
export function protocolLooks(protocol: Protocol): { tone: 'ok' | 'warn' | 'off'; icon: IconName; word: TextKey } {
  if (protocol.accepted === null) return { tone: 'off', icon: 'info', word: 'survey.not_known' }
  if (!protocol.accepted) return { tone: 'off', icon: 'skipped', word: 'survey.refused' }
  return protocol.cause ? { tone: 'warn', icon: 'blocked', word: 'survey.accepted' } : { tone: 'ok', icon: 'passed', word: 'survey.accepted' }
}

/** The suites that are accepted in a version, as the server picked them. */
export function suitesOf(ciphers: CipherSuite[], protocol: Protocol): CipherSuite[] {
  return ciphers.filter((suite) => suite.protocol === protocol.version)
}

export function weakSuites(suites: CipherSuite[]): CipherSuite[] {
  return suites.filter((suite) => suite.weakness !== null)
}

/** `TLS 1.2`, `TLS 1.0`, `SSL 3.0`. */
export function versionName(version: string): string {
  const name = version.replace('TLSv', 'TLS ').replace('SSLv', 'SSL ')
  return name.includes('.') ? name : `${name}.0`
}
