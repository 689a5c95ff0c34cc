import type { AccountView, Site } from '../host/generated'
import { t } from '../i18n/index.svelte'
import { endpointHost } from './endpoint'

/** Characters; the engine refuses more. */
export const LONGEST_NAME = 100

export function accountName(account: AccountView): string {
  return account.sandbox ? t('account.sandbox') : account.name
}

export function siteName({ site, sandbox }: { site: Site; sandbox: boolean }): string {
  if (sandbox) return t('account.sandbox_site')
  return site.kind === 'custom' ? endpointHost(site.url) : t(`site.${site.kind}_long`)
}

/** The last part of an ARN, or whatever names the identity. */
export function identityName(account: AccountView): string {
  const identity = account.identity
  if (!identity) return ''
  return identity.arn.split('/').pop() || identity.user_id || identity.account_id
}
