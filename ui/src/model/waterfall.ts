import type { Report, Stage } from '../host/generated'
import { stageText } from '../i18n/catalogues'
import { number } from '../i18n/format'
import { t } from '../i18n/index.svelte'
import { factText } from './report'

const TICKS = 5

/** The time axis all stages share: its length in microseconds and the text at each fifth, milliseconds. */
export function axis(report: Report): { total: number; ticks: string[] } {
  const end = Math.max(1, ...report.stages.map((stage) => stage.started_us + stage.elapsed_us))
  const step = niceStep(end / 1000 / TICKS)
  const digits = step < 1 ? Math.ceil(-Math.log10(step)) : 0
  return { total: step * TICKS * 1000, ticks: Array.from({ length: TICKS }, (_, at) => number(at * step, at === 0 ? 0 : digits)) }
}

/** The next of 1, 2, 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999) ?? 10 * power
}

/** What a stage found, in a line. */
export function stageSummary(stage: Stage, report: Report): string {
  if (stage.cause) return stageText(stage)?.title ?? ''
  if (stage.status !== 'passed') return ''
  switch (stage.id) {
    case 'tls':
      return [report.protocol?.replace('TLSv', 'TLS '), report.cipher, report.group].filter(Boolean).join(', ')
    case 'chain':
      return t(report.target.trust === 'os' ? 'stage_passed.chain_os' : 'stage_passed.chain_ca')
    case 'tcp':
      return t('stage_passed.tcp', { port: factText(stage.facts.address ?? report.target.address).split(':').pop() ?? '' })
    case 'hop':
      return t('stage_passed.hop', { destination: report.target.address })
    case 'name':
      return t('stage_passed.name', { name: report.target.name })
    case 'dns':
      return listed(stage.facts.addresses)
    case 'redis':
      return [stage.facts.reply, stage.facts.auth === 'accepted' ? t('stage_passed.auth') : null].filter(Boolean).map(factText).join(', ')
  }
}

function listed(value: unknown): string {
  return value === undefined ? '' : factText(value)
}
