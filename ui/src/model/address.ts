const BRACKETED = /^\[([^\]]+)\]:(\d+)$/
const PLAIN = /^([^\s:/[\]]+):(\d+)$/

/** Why a text is no `host:port`; an IPv6 host is in brackets. */
export function addressProblem(text: string): 'missing' | 'malformed' | 'port' | null {
  if (!text.trim()) return 'missing'
  const parts = split(text)
  if (!parts) return 'malformed'
  return parts.port > 0 && parts.port < 65_536 ? null : 'port'
}

export function hostOf(text: string): string {
  return split(text)?.host ?? ''
}

function split(text: string): { host: string; port: number } | null {
  const match = BRACKETED.exec(text.trim()) ?? PLAIN.exec(text.trim())
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : null
}
