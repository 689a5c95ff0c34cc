const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** The host of an endpoint, with its port where it has one of its own. */
export function endpointHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

/** Why an address cannot be an endpoint: anything but https only on loopback. */
export function endpointProblem(text: string): 'missing' | 'malformed' | 'insecure' | null {
  if (!text.trim()) return 'missing'
  if (!URL.canParse(text.trim())) return 'malformed'
  const url = new URL(text.trim())
  if (url.protocol === 'https:') return null
  if (url.protocol !== 'http:') return 'malformed'
  return LOOPBACK.test(url.hostname) ? null : 'insecure'
}
