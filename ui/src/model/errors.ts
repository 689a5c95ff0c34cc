import type { Code, EdgeError } from '../host/generated'
import { cloudErrorText } from '../i18n/catalogues'
import { span } from '../i18n/format'
import { hasText, language, t, type TextKey } from '../i18n/index.svelte'
import { nameOf, peerOf } from './network'

export type ErrorAction = 'retry' | 'sign_in' | 'replan' | 'refresh' | 'session_only' | 'without' | 'network'

interface Treatment {
  severity: 'error' | 'warning'
  action?: ErrorAction
}

/** What the window does about each code; its texts stand under `error.<code>`. */
export const treatments: Record<Code, Treatment> = {
  credentials_missing: { severity: 'error', action: 'sign_in' },
  credentials_rejected: { severity: 'error', action: 'sign_in' },
  token_expired: { severity: 'error', action: 'sign_in' },
  permission_denied: { severity: 'error' },
  clock_skewed: { severity: 'error', action: 'retry' },
  throttled: { severity: 'warning', action: 'retry' },
  instance_busy: { severity: 'warning', action: 'refresh' },
  instance_not_found: { severity: 'error', action: 'refresh' },
  unsupported: { severity: 'error' },
  not_available_yet: { severity: 'warning', action: 'without' },
  service_failed: { severity: 'error', action: 'retry' },
  bad_answer: { severity: 'error', action: 'retry' },
  network_unreachable: { severity: 'error', action: 'retry' },
  proxy_refused: { severity: 'error', action: 'network' },
  proxy_login: { severity: 'error', action: 'network' },
  certificate_untrusted: { severity: 'error', action: 'network' },
  connection_inspected: { severity: 'warning', action: 'network' },
  timeout: { severity: 'error', action: 'retry' },
  endpoint_refused: { severity: 'error' },
  precondition_failed: { severity: 'warning', action: 'replan' },
  plan_expired: { severity: 'warning', action: 'replan' },
  confirmation_mismatch: { severity: 'warning' },
  task_failed: { severity: 'error' },
  certificate_download_failed: { severity: 'error', action: 'retry' },
  certificate_invalid: { severity: 'error', action: 'retry' },
  file_exists: { severity: 'warning', action: 'retry' },
  save_failed: { severity: 'error', action: 'retry' },
  cancelled: { severity: 'warning' },
  keychain_unavailable: { severity: 'error', action: 'session_only' },
  keychain_no_collection: { severity: 'error', action: 'session_only' },
  keychain_locked: { severity: 'warning', action: 'session_only' },
  data_folder_unwritable: { severity: 'error', action: 'retry' },
  disk_full: { severity: 'error', action: 'retry' },
  invalid_input: { severity: 'warning' },
  internal: { severity: 'error' },
}

export interface ErrorText extends Treatment {
  title: string
  text: string
}

/** The error for people: what happened, why, what to do; by the vendor's own code where it gave one. `asked` is the cloud, where it is not that of the account in use. */
export function describe(error: EdgeError, asked?: string): ErrorText {
  const cloud = cloudErrorText(error.details.cloud_code)
  const shown = { ...evidence(error), ...(asked && { cloud: asked }) }
  return {
    ...treatments[error.code],
    // Of what there is none is for the cloud to say: an instance, a task, a certificate.
    title: cloud && error.code === 'instance_not_found' ? t('error.of_cloud', { title: cloud.title }) : t(titleKey(error), shown),
    text: cloud && error.code !== 'clock_skewed' ? [cloud.explanation, cloud.fix].join(language() === 'zh-CN' ? '' : ' ') : t(textKey(error), shown),
  }
}

/** What can be wrong with a proxy's login, but that there is none. */
const LOGINS: Record<string, 'refused' | 'unwanted' | 'kind'> = { login_refused: 'refused', login_unwanted: 'unwanted', login_kind: 'kind' }

const loginOf = ({ details }: EdgeError) => (typeof details.failure === 'string' ? LOGINS[details.failure] : undefined)

function titleKey(error: EdgeError): TextKey {
  const login = error.code === 'proxy_login' && loginOf(error)
  return login ? `error.proxy_login.${login}.title` : `error.${error.code}.title`
}

/** Which of a code's texts the details ask for. */
function textKey(error: EdgeError): TextKey {
  const { failure, hop, offset_seconds: offset } = error.details
  switch (error.code) {
    case 'network_unreachable':
      if (failure === 'not_socks') return 'error.network_unreachable.not_socks'
      return hop === 'proxy' ? 'error.network_unreachable.proxy' : 'error.network_unreachable.text'
    case 'proxy_refused':
      return error.details.http_status ? 'error.proxy_refused.status' : 'error.proxy_refused.text'
    case 'proxy_login': {
      const login = loginOf(error)
      return login ? `error.proxy_login.${login}.text` : 'error.proxy_login.text'
    }
    case 'certificate_untrusted':
      if (failure === 'expired' || failure === 'not_yet_valid' || failure === 'other_name') return `error.certificate_untrusted.${failure}`
      return 'error.certificate_untrusted.text'
    case 'clock_skewed':
      if (typeof offset === 'number') return offset > 0 ? 'error.clock_skewed.behind' : 'error.clock_skewed.ahead'
      return 'error.clock_skewed.text'
    default:
      return `error.${error.code}.text`
  }
}

/** The CAM policy that is missing, as the console takes it. */
export function missingPolicy(error: EdgeError): { action: string; text: string } | null {
  const { cam_policy: policy, cam_action: action } = error.details
  if (typeof policy !== 'object' || policy === null) return null
  return { action: typeof action === 'string' ? action : '', text: JSON.stringify(policy, null, 2) }
}

/** The details as texts can name them; what the host did not say reads as unknown. */
function evidence(error: EdgeError): Record<string, string> {
  const known = Object.fromEntries(
    Object.entries(error.details).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
  const field = known.field
  const fieldKey = `field.${field}`
  return {
    ...known,
    path: known.path ?? t('common.unknown'),
    action: known.cam_action ?? known.action ?? t('common.unknown'),
    offset: offset(error.details.offset_seconds),
    ...met(error),
    field: field && hasText(fieldKey) ? t(fieldKey) : (field ?? t('common.unknown')),
    problem: known.problem && hasText(`save_problem.${known.problem}`) ? t(`save_problem.${known.problem}` as TextKey) : '',
    message: error.message,
    task_message: known.task_message ?? error.message,
  }
}

function offset(seconds: unknown): string {
  return typeof seconds === 'number' ? span(seconds) : t('common.unknown')
}

/** Who was met on the way to the cloud. */
function met(error: EdgeError): Record<string, string> {
  const peer = peerOf(error)
  return {
    host: peer?.host ?? t('common.unknown'),
    issuer: nameOf(peer?.issuer),
    root: nameOf(peer?.root?.name),
    proxy: typeof error.details.proxy === 'string' ? error.details.proxy : t('common.unknown'),
  }
}
