import type { Action, CertificateAddress, EncryptionMode, MinVersion } from '../host/generated'

/** What a plan is called in titles and buttons: its action, or the mode that it ends in. */
export type PlanName = Exclude<Action['kind'], 'set_encryption_mode'> | EncryptionMode

export function planName(action: Action): PlanName {
  return action.kind === 'set_encryption_mode' ? action.mode : action.kind
}

/** An action that can ask for the address of the certificate. */
export type Addressed = Extract<Action, { address?: CertificateAddress }>

export function isAddressed(action: Action): action is Addressed {
  return action.kind === 'enable_ssl' || action.kind === 'disable_ssl' || action.kind === 'update_certificate'
}

/** The same with another address, or with none. */
export function withAddress(action: Addressed, address: CertificateAddress | null): Addressed {
  const { address: _, ...rest } = action
  return address ? { ...rest, address } : rest
}

/** A new certificate with another oldest version of TLS, or none said. */
export function withVersion(action: Extract<Action, { kind: 'update_certificate' }>, version: MinVersion | null): Action {
  const { min_version: _, ...rest } = action
  return version ? { ...rest, min_version: version } : rest
}

/** A new certificate from the vendor's service of that name, or of the vendor's own. */
export function withCertificate(action: Extract<Action, { kind: 'update_certificate' }>, id: string): Action {
  const { certificate_id: _, ...rest } = action
  return id ? { ...rest, certificate_id: id } : rest
}

/** The action without what an older API does not know; none where nothing would be left of it. */
export function withoutChoices(action: Action): Action | null {
  if (!isAddressed(action)) return null
  const { kind } = action
  return Object.keys(action).length > 1 ? { kind } : null
}
