import { describe, expect, it } from 'vitest'
import type { EventCode, JobEvent } from '../src/host/generated'
import { useLanguage } from '../src/i18n/index.svelte'
import { errorTitle, eventFacts, eventText } from '../src/model/history'

const event = (code: EventCode, facts: JobEvent['facts']): JobEvent => ({ at: '2026-11-24T08:00:00Z', phase: 'updating', code, facts })

describe('a job’s history', () => {
  it('names what is known and leaves out what is not', () => {
    expect(eventFacts(event('accepted', { task_id: 2031390652, deal: null, request_id: 'b3f1' }))).toEqual(['Task: 2031390652', 'Request id: b3f1'])
    expect(eventFacts(event('task_status', { status: 'preparing' }))).toEqual(['State: being prepared'])
    expect(eventFacts(event('task_status', { status: 'half_done' }))).toEqual(['State: half_done'])
    expect(eventFacts(event('tested', { verdict: 'insecure', cause: 'tls.plaintext_server' }))).toEqual(['Result: Failed', expect.stringMatching(/^Cause: (?!tls)/)])
  })

  it('says what is new of a certificate, and what a server did without TLS', () => {
    const facts = { leaf_is_new: true, authorities_are_new: null, leaf_before: 'ab'.repeat(32), leaf: 'cd'.repeat(32) }
    expect(eventFacts(event('certificate_compared', facts))).toEqual(['Server’s own is new: Yes', 'Before: ABAB ABAB ABAB … ABAB ABAB', 'Now: CDCD CDCD CDCD … CDCD CDCD'])
    expect(eventFacts(event('tried_without_tls', { seen: 'refused' }))).toEqual(['Plaintext: refused'])
  })

  it('says an error by its title, with the vendor’s own words beside it', () => {
    const facts = { code: 'task_failed', message: 'the cloud’s task failed', cloud_code: 'FailedOperation.SystemError', cam_policy: {} }
    expect(eventFacts(event('certificate_failed', facts))).toEqual(['Error: The task failed in Tencent Cloud', 'Tencent Cloud’s code: FailedOperation.SystemError'])
    expect(errorTitle('interrupted')).toBe('Not started')
    expect(errorTitle('invalid_input')).not.toContain('{{')
    expect(errorTitle('moon_full')).toBe('moon_full')
  })

  it('has no code in it in Chinese either', () => {
    useLanguage('zh-CN')
    expect(eventText(event('task_status', {}))).toBe('任务状态')
    expect(eventFacts(event('task_status', { status: 'preparing' }))).toEqual(['状态：准备中'])
    expect(eventFacts(event('certificate_failed', { code: 'task_failed' }))).toEqual(['错误：腾讯云任务失败'])
  })

  it('shows an event of another version as it came', () => {
    expect(eventText(event('moon_full' as EventCode, {}))).toBe('moon_full')
  })
})
