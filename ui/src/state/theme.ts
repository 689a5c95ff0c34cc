const dark = matchMedia('(prefers-color-scheme: dark)')
let chosen = 'system'

/** `system`, `light` or `dark`. */
export function useTheme(choice: string): void {
  chosen = choice
  show()
}

function show(): void {
  const root = document.documentElement
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light'
  if (root.dataset.theme === theme) return
  // No half-faded colours while every surface changes at once.
  root.classList.add('is-switching')
  root.dataset.theme = theme
  requestAnimationFrame(() => root.classList.remove('is-switching'))
}

dark.addEventListener('change', show)
