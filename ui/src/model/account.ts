import type { AccountView, Site } from '../host/generated'
import { cloudName, t } from '../i18n/index.svelte'
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

/** The host of an endpoint of one's own; null for the vendor's, which the sandbox plays. */
export function ownHost(account: AccountView | null | undefined): string | null {
  return account?.site.kind === 'custom' && !account.sandbox ? endpointHost(account.site.url) : null
}

export function cloudOf(account: AccountView | null | undefined): string {
  return cloudName(ownHost(account))
}

type Acting = { kind: 'sub_user' | 'root_user' | 'role'; user: string; account: string }

function acting({ identity }: AccountView): Acting | null {
  if (!identity?.account_id) return null
  const { account_id: account, user_id: user, kind, arn } = identity
  if (kind === 'CAMRole') return { kind: 'role', user: arn.split(':').pop() ?? user, account }
  return { kind: user === account ? 'root_user' : 'sub_user', user, account }
}

/** Whose rights the key has, such as `sub-user 100000000002 of account 100000000001`. */
export function actingAs(account: AccountView): string {
  const who = acting(account)
  return who ? t(`account.${who.kind}`, { user: who.user, account: who.account }) : (account.identity?.arn ?? '')
}

/** The same without the account, where there is little room. */
export function actingShort(account: AccountView): string {
  const who = acting(account)
  return who ? t(`account.short_${who.kind}`, { user: who.user }) : (account.identity?.arn ?? '')
}
