import { z } from 'zod'

const local = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}$/u
const domain = /^[^\s@"(),:;<>[\]\\\p{C}/?#%]{1,253}$/u

/** Whether a text is an address that mail can be sent to, in any language's letters on either side. */
export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [before, after] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || text.length > 320 || !local.test(before) || !domain.test(after)) return false
  if (before.startsWith('.') || before.endsWith('.') || before.includes('..')) return false
  const parts = after.split(/[.\u3002\uff0e\uff61]/u)
  return (
    parts.length > 1 && parts.every((part) => part !== '' && !part.startsWith('-') && !part.endsWith('-'))
  )
}

/** The address of a person. */
export const mailAddress = z
  .string()
  .trim()
  .refine(isMailAddress, 'is not an address that mail can be sent to, like ada@example.org')
