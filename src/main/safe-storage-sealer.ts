import { safeStorage } from 'electron'
import type { Sealer } from '#app/inboxes/secret-cipher.ts'

/** Before what is sealed: the keychain binds nothing to a name, so that the name is sealed along. */
const boundTo = (secret: string): string => `docket secret ${secret}\n`
const anyBound = /^docket secret [^\n]+\n/

/** Seals with the system's keychain. */
export function safeStorageSealer(): Sealer {
  return {
    name: 'safe-storage',
    seal(text, secret) {
      if (!safeStorage.isEncryptionAvailable()) throw new Error('the system offers no keychain')
      return safeStorage.encryptString(`${boundTo(secret)}${text}`)
    },
    open(sealed, secret) {
      try {
        if (!safeStorage.isEncryptionAvailable()) return undefined
        const whole = safeStorage.decryptString(sealed)
        const own = boundTo(secret)
        if (whole.startsWith(own)) return { text: whole.slice(own.length), bound: true }
        return anyBound.test(whole) ? undefined : { text: whole, bound: false }
      } catch {
        return undefined
      }
    },
  }
}
