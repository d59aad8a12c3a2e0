import { createHash, hash } from 'node:crypto'

/** The newest event of a chain that an export holds. */
export type ExportedHead = { readonly replica: string; readonly seq: number; readonly hash: string }

/** The first 128 bits of a line's SHA-256, hexadecimal. @param content the line without its closing brace and without the hash itself */
export const lineHash = (content: string | Uint8Array): string => hash('sha256', content, 'hex').slice(0, 32)

/** What stands behind an event's content in its line. */
export const hashField = (content: string): string => `,"hash":"${lineHash(content)}"}`

/** An event's line as it was hashed, from the line's bytes; `undefined` where no hash stands at its end. */
export function hashedContent(line: Buffer): { readonly content: Buffer; readonly hash: string } | undefined {
  const text = line.toString('latin1').trimEnd()
  const found = /,"hash":"([0-9a-f]{32})"\}$/.exec(text.slice(-60))
  if (!found) return undefined
  return { content: line.subarray(0, text.length - found[0].length), hash: found[1] as string }
}

/** Follows the lines of an export: how many events, and one hash over all of theirs in order. */
export function exportTally() {
  const all = createHash('sha256')
  let events = 0
  return {
    add(one: string): void {
      events++
      all.update(one)
    },
    /** To be asked for once. */
    end: () => ({ events, hash: all.digest('hex') }),
  }
}
