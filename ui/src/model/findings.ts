import type { Action, Finding, InstanceRow } from '../host/generated'
import { hasText, t } from '../i18n/index.svelte'
import { statusName } from './fleet'

/** The buttons that cure a finding: an upgrade can be done now or in the maintenance window. */
export function fixesOf(finding: Finding): Action[] {
  const fix = finding.fix
  if (!fix) return []
  if (fix.kind !== 'upgrade_proxy' && fix.kind !== 'upgrade_version') return [fix]
  return [
    { ...fix, when: 'now' },
    { ...fix, when: 'maintenance_window' },
  ]
}

/** `fix-upgrade-proxy-now`. */
export function fixTestid(action: Action): string {
  const name = action.kind.replaceAll('_', '-')
  return 'when' in action ? `fix-${name}-${action.when === 'now' ? 'now' : 'window'}` : `fix-${name}`
}

export function fixLabel(action: Action, finding: Finding, row: InstanceRow, window: string | null): string {
  switch (action.kind) {
    case 'upgrade_proxy':
      if (action.when === 'maintenance_window') return inWindow(window)
      return row.proxy_upgrade ? t('fix.upgrade_proxy_to', { from: row.proxy_version, to: row.proxy_upgrade }) : t('fix.upgrade_proxy')
    case 'upgrade_version':
      return action.when === 'maintenance_window' ? inWindow(window) : t('fix.upgrade_version', { from: row.version, to: versionOf(action.target_type, finding) })
    case 'require_password':
      return t('fix.require_password')
    default:
      return t(`action.${action.kind}`)
  }
}

function inWindow(window: string | null): string {
  return window ? t('fix.in_window_at', { window: window.replace('-', '–') }) : t('fix.in_window')
}

/** The versions that an upgrade can end at, by the vendor's type code. */
export function upgradeTargets(finding: Finding): { type: number; version: string }[] {
  const targets = finding.facts.targets
  return Array.isArray(targets) ? targets.filter(isTarget) : []
}

function isTarget(value: unknown): value is { type: number; version: string } {
  return typeof value === 'object' && value !== null && 'type' in value && 'version' in value && typeof value.type === 'number' && typeof value.version === 'string'
}

/** The version behind a type code; the code when the cloud did not name it. */
function versionOf(type: number, finding: Finding): string {
  return upgradeTargets(finding).find((target) => target.type === type)?.version ?? String(type)
}

/** What was found, at the right edge of a check. */
export function findingValue(finding: Finding, row: InstanceRow): string {
  const facts = finding.facts
  const current = textOf(facts.current)
  if (finding.status === 'unknown') return t('check.not_said')
  switch (finding.check) {
    case 'proxy_version':
      return finding.status === 'blocked' ? t('check.proxy_version.value', { current: current || row.proxy_version, required: textOf(facts.required) }) : current || row.proxy_version
    case 'version_supported':
      return current || row.version
    case 'engine_supported':
      return current || row.engine
    case 'instance_running':
      return row.status === null ? '' : statusName(row.status)
    case 'password_required':
      return t(row.password_free ? 'check.password_required.on' : 'check.password_required.off')
    case 'feature_offered': {
      const reason = reasonOf(finding)
      return reason ? t('check.feature_offered.because', { check: reason }) : t(finding.status === 'passed' ? 'common.yes' : 'common.no')
    }
    case 'ssl_idle':
      return t(finding.status === 'passed' ? 'check.ssl_idle.idle' : 'check.ssl_idle.busy')
  }
}

/** Why a blocked check blocks, and what its cure does. */
export function blockedText(finding: Finding): string {
  return t(`check.${finding.check}.text`)
}

/** The check that is the reason of this one's no: its cure cures this one too. */
export function reasonOf(finding: Finding): string | null {
  const title = `check.${textOf(finding.facts.because)}.title`
  return hasText(title) ? t(title) : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
