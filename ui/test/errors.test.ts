import { render } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import ErrorNote from '../src/components/ErrorNote.svelte'
import type { Code } from '../src/host/generated'
import { HostError } from '../src/host/host'
import { useLanguage } from '../src/i18n/index.svelte'
import { describe as textOf, treatments } from '../src/model/errors'
import { edge } from './fixture/host'

const codes = Object.keys(treatments) as Code[]

describe('every error code', () => {
  for (const language of ['en', 'zh-CN']) {
    it(`has a severity, a title and a text without gaps in ${language}`, () => {
      useLanguage(language)
      for (const code of codes) {
        const shown = textOf(edge({ code }))
        expect(['error', 'warning']).toContain(shown.severity)
        for (const text of [shown.title, shown.text]) {
          expect(text, code).not.toMatch(/^error\.|\{\{|undefined|null/)
          expect(text.length, code).toBeGreaterThan(3)
        }
      }
    })
  }

  it('puts the evidence into the text', () => {
    expect(textOf(edge({ code: 'clock_skewed', details: { offset_seconds: -610 } })).text).toContain('10 min 10 s ahead')
    expect(textOf(edge({ code: 'permission_denied', details: { cam_action: 'redis:OpenSSL' } })).text).toContain('redis:OpenSSL')
    expect(textOf(edge({ code: 'invalid_input', details: { field: 'url' } })).title).toContain('Endpoint')
  })

  it('says what the vendor’s own code means where it gave one', () => {
    const shown = textOf(edge({ code: 'credentials_rejected', details: { cloud_code: 'AuthFailure.SecretIdNotFound' } }))
    expect(shown.text).not.toBe(textOf(edge({ code: 'credentials_rejected' })).text)
  })

  it('offers an action only where there is one, and keeps the raw details in reach', async () => {
    const { queryByTestId, getByText, container } = render(ErrorNote, { error: edge({ code: 'timeout', request_id: 'req-1' }), actions: {} })
    expect(queryByTestId('error-action')).toBeNull()
    getByText('Raw details').click()
    await Promise.resolve()
    expect(container.textContent).toContain('req-1')
  })
})

it('anything that is thrown has a code', () => {
  expect(HostError.from('boom')).toMatchObject({ code: 'internal', message: 'boom' })
  expect(HostError.from(new TypeError('x is undefined')).code).toBe('internal')
  expect(HostError.from(edge({ code: 'throttled' })).code).toBe('throttled')
})
