import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { keepFolderPrivate, makePrivateFolder, privateFile } from '#db/files/private-files.ts'
import { userFolder } from '#db/files/user-folder.ts'

/** Seals secrets so that who copies a workspace's folder does not have them. The desktop's is the system's own keychain. */
export type Sealer = {
  /** Kept with what it sealed: another sealer can't open it. */
  readonly name: string
  /**
   * Binds the secret to what it is called, `INBOX/FIELD`: under another name it does not open, so that whoever may write the file can't have one
   * secret sent where another one goes.
   * @throws Error where this machine can't seal.
   */
  seal(text: string, secret: string): Buffer
  /** @returns `undefined` where it was sealed elsewhere or for another name, or is damaged. */
  open(sealed: Buffer, secret: string): OpenedSecret | undefined
}

/** `bound` is false for what was sealed before names were bound: it is to be sealed again. */
export type OpenedSecret = { readonly text: string; readonly bound: boolean }

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** What Docket has beside the key. */
const ownFiles = /^(?:secrets\.key|own-inboxes)$/

const boundTo = (secret: string): Buffer => Buffer.from(`docket secret ${secret}`)

/** Where the key lies for hosts without a keychain: in the person's own settings, never in a workspace. */
export const usualKeyFile = (): string => join(userFolder(), 'secrets.key')

/**
 * For hosts without a keychain (web host, command line): AES-256-GCM under a key in a file that only this user may read, made when it is first
 * needed.
 */
export function keyFileSealer(file = usualKeyFile()): Sealer {
  let key: Buffer | undefined

  function readKey(): Buffer | undefined {
    try {
      const found = readFileSync(file)
      for (const sentence of keepFolderPrivate(dirname(file), ownFiles, [basename(file)]))
        process.stderr.write(`docket: ${sentence}\n`)
      return found.length === keyBytes ? found : undefined
    } catch {
      return undefined
    }
  }

  function makeKey(): Buffer {
    makePrivateFolder(dirname(file))
    try {
      // Of several processes that start together, one makes the key and the others read it.
      writeFileSync(file, randomBytes(keyBytes), { mode: privateFile, flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const made = readKey()
    if (!made) throw new Error(`${file} does not hold a key of ${keyBytes} bytes`)
    return made
  }

  function decrypted(sealed: Buffer, secret: string | undefined): string | undefined {
    if (!key || sealed.length < nonceBytes + tagBytes) return undefined
    try {
      const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
      if (secret !== undefined) cipher.setAAD(boundTo(secret))
      cipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
      return Buffer.concat([cipher.update(sealed.subarray(nonceBytes + tagBytes)), cipher.final()]).toString()
    } catch {
      return undefined
    }
  }

  return {
    name: 'key-file',
    seal(text, secret) {
      key ??= readKey() ?? makeKey()
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(boundTo(secret))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
    },
    open(sealed, secret) {
      key ??= readKey()
      const text = decrypted(sealed, secret)
      if (text !== undefined) return { text, bound: true }
      const earlier = decrypted(sealed, undefined)
      return earlier === undefined ? undefined : { text: earlier, bound: false }
    },
  }
}
