import type { CallInput } from '#contract/calls.ts'
import { parseInvite } from '#contract/invite-text.ts'
import { isMailAddress } from '#core/text/mail-address.ts'

/** What was entered to join a team. */
export type JoinDraft = {
  readonly invite: string
  /** As typed; `null` while the invite's own address is to be used. */
  readonly url: string | null
  readonly device: string
  /** Where the person gets mail, for the others to see; empty for no word about it. */
  readonly email: string
  readonly ca: string
  readonly encrypt: boolean
  readonly understood: boolean
}

/** Under which key the form keeps what was entered. */
export const joinDraftKey = 'team-join'

export const emptyJoin: JoinDraft = {
  invite: '',
  url: null,
  device: '',
  email: '',
  ca: '',
  encrypt: false,
  understood: false,
}

/** Whether the invite names its server, and whether it brings the key of a workspace that is encrypted already. */
export function inviteSays(invite: string): { readonly server: boolean; readonly key: boolean } {
  const read = parseInvite(invite)
  return { server: read?.url !== undefined, key: read?.key !== undefined }
}

/** The address to join at: as typed, else the one that the invite names. */
export const urlOf = ({ url, invite }: JoinDraft): string => url ?? parseInvite(invite)?.url ?? ''

/** Whether what goes to that address can be read on its way by others: no TLS, and not this machine itself. */
export function isOpenToOthers(address: string): boolean {
  const url = URL.parse(address.trim())
  if (url?.protocol !== 'http:') return false
  return !/^(?:localhost|127(?:\.\d+){3}|\[::1\]|.*\.localhost)$/.test(url.hostname)
}

export type JoinMistake = {
  readonly at: 'invite' | 'url' | 'email' | 'ca' | 'understood' | null
  readonly message: string
}

/** What must be mended before anybody is asked; `null` where nothing is. */
export function mistakeIn(draft: JoinDraft): JoinMistake | null {
  if (draft.invite.trim() === '') return { at: 'invite', message: 'Paste the invite that you were given.' }
  if (!parseInvite(draft.invite))
    return {
      at: 'invite',
      message: 'This is not a whole invite. Copy it again, from its first character to its last.',
    }
  const url = URL.parse(urlOf(draft).trim())
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return { at: 'url', message: 'Enter the server’s address, such as https://sync.example.org.' }
  if (draft.email.trim() !== '' && !isMailAddress(draft.email.trim()))
    return { at: 'email', message: 'This is not an address that mail can be sent to, like ada@example.org.' }
  if (draft.ca.trim() !== '' && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(draft.ca))
    return {
      at: 'ca',
      message:
        'This is no certificate: one begins with -----BEGIN CERTIFICATE----- and ends with its END line.',
    }
  if (beginsEncryption(draft) && !draft.understood)
    return { at: 'understood', message: 'Tick that you have understood this, or leave encryption off.' }
  return null
}

/** Whether joining is to begin encryption; an invite with a key says that it has begun. */
export const beginsEncryption = ({ encrypt, invite }: JoinDraft): boolean =>
  encrypt && !inviteSays(invite).key

/** What the host is asked. Only for a draft without a mistake. */
export function joinInput(draft: JoinDraft): CallInput<'sync.join'> {
  const device = draft.device.trim()
  const ca = draft.ca.trim()
  return {
    url: urlOf(draft).trim(),
    invite: draft.invite.trim(),
    ...(device === '' ? {} : { device }),
    ...(ca === '' ? {} : { ca }),
    ...(beginsEncryption(draft) ? { encrypt: true } : {}),
  }
}

/** Where a refusal belongs: to the invite, to the address, or to nothing in particular. @param serverCode what the server itself called it */
export function refusedAt(code: string, serverCode: unknown): JoinMistake['at'] {
  if (serverCode === 'invite_unusable' || serverCode === 'unauthorized') return 'invite'
  if (code === 'key_missing') return 'invite'
  return code === 'server_away' || code === 'wrong_workspace' || code === 'encryption_denied' ? 'url' : null
}
