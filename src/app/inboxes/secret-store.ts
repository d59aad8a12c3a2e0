import type { InboxDatabase } from '#inboxes/store/open-store.ts'
import { secretRows } from '#inboxes/store/secret-rows.ts'
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

/** The secrets that this machine's sealer opens and seals. */
export function sealedSecrets(database: InboxDatabase, sealer: Sealer): SealedSecrets {
  const rows = secretRows(database)

  function all(): Record<string, string> {
    const opened: Record<string, string> = {}
    for (const { name, sealer: by, sealed } of rows.all()) {
      const found = by === sealer.name ? sealer.open(sealed, name) : undefined
      if (found) opened[name] = found.text
    }
    return opened
  }

  /** Binds to their names what was sealed before that was done. What can't be written now is tried at the next start. */
  function bindEarlier(): void {
    try {
      for (const row of rows.all()) {
        const found = row.sealer === sealer.name ? sealer.open(row.sealed, row.name) : undefined
        if (found && !found.bound) rows.reseal(row, sealer.seal(found.text, row.name))
      }
    } catch (error) {
      console.error('secrets stay sealed as they were:', error)
    }
  }
  bindEarlier()

  function unreadable(): readonly string[] {
    const opened = all()
    return rows.all().flatMap(({ name }) => (name in opened ? [] : [name]))
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
      const name = `${inbox}/${field}`
      if (value === null) rows.remove(name)
      else rows.put({ name, sealer: sealer.name, sealed: sealer.seal(value, name) })
    },
  }
}
