import { domainToASCII } from 'node:url'
import { isMailAddress } from '#core/text/mail-address.ts'

/** An address as it goes over the wire: the domain in the letters that every server knows (punycode). `undefined` where it is none. */
export function deliverableAddress(text: string): string | undefined {
  if (!isMailAddress(text)) return undefined
  const at = text.lastIndexOf('@')
  const domain = domainToASCII(text.slice(at + 1))
  return domain === '' ? undefined : `${text.slice(0, at).normalize('NFC')}@${domain}`
}

/** Whether the part before the @ needs a server that takes any language's letters (SMTPUTF8, RFC 6531). */
export const needsSmtpUtf8 = (address: string): boolean =>
  /[^\x20-\x7e]/.test(address.slice(0, address.lastIndexOf('@')))
