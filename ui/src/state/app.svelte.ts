import type { AccountView, ApiCa, AppSnapshot, Keep, NetworkForm, Settings, SignInForm, Site } from '../host/generated'
import { HostError, type Host } from '../host/host'
import { useCloud, useLanguage } from '../i18n/index.svelte'
import { ownHost } from '../model/account'
import type { Notices } from './notices.svelte'
import { go } from './route.svelte'
import { useTheme } from './theme'

/** Accounts, settings and the keychain. */
export class App {
  snapshot = $state.raw<AppSnapshot | null>(null)
  error = $state.raw<HostError | null>(null)
  /** Id of the account whose network is being changed. */
  reaching = $state<string | null>(null)
  /** The account that is to get a new key. */
  renewing = $state.raw<AccountView | null>(null)
  readonly account = $derived(this.snapshot?.accounts.find((account) => account.id === this.snapshot?.active) ?? null)

  constructor(
    private readonly host: Host,
    private readonly notices: Notices,
  ) {}

  take(snapshot: AppSnapshot): void {
    this.snapshot = snapshot
    this.error = null
    useLanguage(snapshot.settings.language)
    useCloud(ownHost(this.account))
    useTheme(snapshot.settings.theme)
  }

  async load(): Promise<void> {
    try {
      this.take(await this.host.call('app_snapshot'))
    } catch (thrown) {
      this.error = HostError.from(thrown)
    }
  }

  signIn(form: SignInForm): Promise<AccountView> {
    return this.host.call('sign_in', { form })
  }

  takeDetected(id: string, site: Site, keep: Keep, network: NetworkForm): Promise<AccountView> {
    return this.host.call('take_detected', { id, name: '', site, keep, network })
  }

  chooseApiCa(): Promise<ApiCa> {
    return this.host.call('choose_api_ca')
  }

  changeNetwork(accountId: string, network: NetworkForm): Promise<AccountView> {
    return this.host.call('change_network', { account_id: accountId, network })
  }

  acceptRoot(accountId: string, key: string): Promise<AccountView> {
    return this.host.call('accept_root', { account_id: accountId, key })
  }

  refuseRoot(accountId: string, key: string): Promise<AccountView> {
    return this.host.call('refuse_root', { account_id: accountId, key })
  }

  /** Asks the cloud who the key belongs to, and so whether it is reached. */
  check(accountId: string): Promise<AccountView> {
    return this.host.call('check_account', { account_id: accountId })
  }

  /** Shows the network of the account in use, where it can be changed. */
  changeWay(): void {
    this.reaching = this.account?.id ?? null
    go({ screen: 'settings' })
  }

  openSandbox(): Promise<AccountView> {
    return this.host.call('open_sandbox')
  }

  async use(accountId: string): Promise<void> {
    try {
      await this.host.call('use_account', { account_id: accountId })
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  async remove(accountId: string): Promise<void> {
    try {
      await this.host.call('remove_account', { account_id: accountId })
    } catch (thrown) {
      this.notices.failed(thrown)
    }
  }

  /** Shows the change at once; the event that follows confirms it. */
  async change(settings: Partial<Settings>): Promise<void> {
    if (!this.snapshot) return
    const before = this.snapshot
    const after = { ...before, settings: { ...before.settings, ...settings } }
    this.take(after)
    try {
      await this.host.call('change_settings', { settings: after.settings })
    } catch (thrown) {
      this.take(before)
      this.notices.failed(thrown)
    }
  }
}
