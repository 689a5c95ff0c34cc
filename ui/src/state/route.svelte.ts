export type InstanceTab = 'ssl' | 'connect' | 'certificates' | 'activity' | 'raw'

export type Route =
  | { screen: 'instances' }
  | { screen: 'instance'; id: string; tab: InstanceTab }
  | { screen: 'test'; id: string | null }
  | { screen: 'report'; id: string | null }
  | { screen: 'activity' }
  | { screen: 'files' }
  | { screen: 'certificates' }
  | { screen: 'settings' }
  | { screen: 'codes'; query: string }
  | { screen: 'sign_in' }

/** The address of a place in the window, as a link carries it. */
export function href(route: Route): string {
  switch (route.screen) {
    case 'instances':
    case 'activity':
    case 'files':
    case 'certificates':
    case 'settings':
      return `#/${route.screen}`
    case 'codes':
      return route.query ? `#/codes/${encodeURIComponent(route.query)}` : '#/codes'
    case 'sign_in':
      return '#/sign-in'
    case 'instance':
      return `#/instances/${encodeURIComponent(route.id)}/${route.tab}`
    case 'test':
    case 'report':
      return route.id === null ? `#/${route.screen}` : `#/instances/${encodeURIComponent(route.id)}/${route.screen}`
  }
}

export function parse(hash: string): Route {
  const [place, id, view] = hash.replace(/^#\//, '').split('/').map(decodeURIComponent)
  if (place === 'activity' || place === 'certificates' || place === 'files' || place === 'settings') return { screen: place }
  if (place === 'codes') return { screen: 'codes', query: id ?? '' }
  if (place === 'sign-in') return { screen: 'sign_in' }
  if (place === 'test' || place === 'report') return { screen: place, id: null }
  if (place !== 'instances' || !id) return { screen: 'instances' }
  if (view === 'test' || view === 'report') return { screen: view, id }
  return { screen: 'instance', id, tab: view === 'connect' || view === 'certificates' || view === 'activity' || view === 'raw' ? view : 'ssl' }
}

let current = $state.raw<Route>(parse(location.hash))
window.addEventListener('hashchange', () => (current = parse(location.hash)))

export function route(): Route {
  return current
}

export function go(to: Route, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', href(to))
    current = to
  } else {
    location.hash = href(to)
  }
}
