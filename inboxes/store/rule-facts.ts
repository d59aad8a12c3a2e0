import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { RuleEndpoint } from '#core/rules/decide-rule.ts'
import { inboxDatabaseFile } from './open-store.ts'
import type { HeldRule } from './rule-evaluations.ts'

type Endpoint = { readonly id?: unknown; readonly name?: unknown; readonly enabled?: unknown }

/** What `inboxes.db` of a workspace's folder says about rules; nothing where it is not there, or was not brought forward yet. */
function ask<T>(folder: string, otherwise: T, read: (client: Sqlite.Database) => T): T {
  const file = inboxDatabaseFile(folder)
  if (!existsSync(file)) return otherwise
  let client: Sqlite.Database | undefined
  try {
    client = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 2_000 })
    client.pragma('trusted_schema = OFF')
    return read(client)
  } catch {
    return otherwise
  } finally {
    client?.close()
  }
}

/** Where webhooks of this replica go, each with why nothing is sent there now. */
export function ruleEndpoints(folder: string): readonly RuleEndpoint[] {
  return ask(folder, [], (client) => {
    const row = client
      .prepare(`SELECT enabled, paused, settings FROM inboxes WHERE name = 'webhooks'`)
      .get() as { enabled: number; paused: number; settings: string } | undefined
    if (!row) return []
    const { endpoints } = JSON.parse(row.settings) as { endpoints?: readonly Endpoint[] }
    const gone = new Set(
      client
        .prepare(`SELECT target FROM targets WHERE inbox = 'webhooks' AND gone_at IS NOT NULL`)
        .pluck()
        .all() as string[],
    )
    return (endpoints ?? []).map(({ id, name, enabled }): RuleEndpoint => {
      const called = String(name ?? id)
      const off =
        row.enabled === 0
          ? 'The inbox "webhooks" is off.'
          : row.paused === 1
            ? 'The inbox "webhooks" is paused.'
            : enabled === false
              ? `The endpoint "${called}" is switched off.`
              : gone.has(String(id))
                ? `The receiver of the endpoint "${called}" said that it is gone.`
                : null
      return { id: String(id), name: called, off }
    })
  })
}

/** Rules that this replica holds until somebody answers. */
export function heldRules(folder: string): readonly HeldRule[] {
  return ask(folder, [], (client) =>
    (
      client.prepare('SELECT rule, held, held_at FROM rule_looks WHERE held > 0').all() as {
        rule: string
        held: number
        held_at: number
      }[]
    ).map((row) => ({ ruleId: row.rule, issues: row.held, at: row.held_at })),
  )
}
