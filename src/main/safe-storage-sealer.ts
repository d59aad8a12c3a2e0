import { safeStorage } from 'electron'
import type { Sealer } from '#host/inboxes/sealer.ts'

/** Seals with the system's keychain. */
export function safeStorageSealer(): Sealer {
  return {
    name: 'safe-storage',
    seal(text) {
      if (!safeStorage.isEncryptionAvailable()) throw new Error('the system offers no keychain')
      return safeStorage.encryptString(text)
    },
    open(sealed) {
      try {
        return safeStorage.isEncryptionAvailable() ? safeStorage.decryptString(sealed) : undefined
      } catch {
        return undefined
      }
    },
  }
}
