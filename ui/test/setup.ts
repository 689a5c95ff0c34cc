import { cleanup } from '@testing-library/svelte'
import { afterEach } from 'vitest'
import { useLanguage } from '../src/i18n/index.svelte'

afterEach(() => {
  cleanup()
  location.hash = ''
  useLanguage('en')
})
