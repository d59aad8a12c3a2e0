import type { InboxDatabase } from '#inboxes/store/open-store.ts'
import type { Sealer } from './secret-cipher.ts'

/** Secrets of inboxes, by `INBOX/FIELD`, sealed in `inboxes.db`. */
export type SealedSecrets = {
  /** Those that can be opened here. */
  all(): Readonly<Record<string, string>>
  /** Names of an inbox's secrets, without the inbox: those that can be opened here, and the others. */
  names(inbox: string): { readonly readable: readonly string[]; readonly unreadable: readonly string[] }
  /** Those of all inboxes that can't be opened here, as `INBOX/FIELD`. */
  unreadable(): readonly string[]
  get(inbox: string, field: string): string | undefined
  /** `null` takes it away. */
  put(inbox: string, field: string, value: string | null): void
}

export function sealedSecrets({ client }: InboxDatabase, sealer: Sealer): SealedSecrets {
  const read = client.prepare('SELECT name, sealer, sealed FROM secrets')
  const put = client.prepare(
    `INSERT INTO secrets (name, sealer, sealed) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET sealer = excluded.sealer, sealed = excluded.sealed`,
  )
  const remove = client.prepare('DELETE FROM secrets WHERE name = ?')
  // Only over what was read: another process may have put another secret there meanwhile.
  const replace = client.prepare('UPDATE secrets SET sealed = ? WHERE name = ? AND sealer = ? AND sealed = ?')
  type Row = { name: string; sealer: string; sealed: Buffer }

  function all(): Record<string, string> {
    const opened: Record<string, string> = {}
    for (const { name, sealer: by, sealed } of read.all() as Row[]) {
      const found = by === sealer.name ? sealer.open(sealed, name) : undefined
      if (found) opened[name] = found.text
    }
    return opened
  }

  /** Binds to their names what was sealed before that was done. What can't be written now is tried at the next start. */
  function bindEarlier(): void {
    try {
      for (const { name, sealer: by, sealed } of read.all() as Row[]) {
        const found = by === sealer.name ? sealer.open(sealed, name) : undefined
        if (found && !found.bound) replace.run(sealer.seal(found.text, name), name, by, sealed)
      }
    } catch (error) {
      console.error('secrets stay sealed as they were:', error)
    }
  }
  bindEarlier()

  function unreadable(): readonly string[] {
    const opened = all()
    return (read.all() as Row[]).flatMap(({ name }) => (name in opened ? [] : [name]))
  }

  return {
    all,
    unreadable,
    names(inbox) {
      const ofInbox = (names: readonly string[]): string[] =>
        names.flatMap((name) => (name.startsWith(`${inbox}/`) ? name.slice(inbox.length + 1) : []))
      return { readable: ofInbox(Object.keys(all())), unreadable: ofInbox(unreadable()) }
    },
    get: (inbox, field) => all()[`${inbox}/${field}`],
    put(inbox, field, value) {
      if (value === null) remove.run(`${inbox}/${field}`)
      else put.run(`${inbox}/${field}`, sealer.name, sealer.seal(value, `${inbox}/${field}`))
    },
  }
}
