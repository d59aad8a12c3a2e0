import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { type Shared, workspaceFolder } from '../input/open-here.ts'
import { readInstant } from '../input/read-instant.ts'
import { settled, withService, withWorker } from '../input/with-service.ts'
import {
  accepted,
  print,
  printedInstant,
  printJson,
  quoted,
  RefusedError,
  safeLine,
  UsageError,
} from '../output/output.ts'
import { outputWidth, type TableColumn, table } from '../output/table.ts'

const listColumns: readonly TableColumn[] = [
  { head: 'INBOX' },
  { head: 'STATE' },
  { head: 'BEHIND' },
  { head: 'WAITING' },
  { head: 'DEAD' },
  { head: 'DONE', spare: 2 },
  { head: 'LAST DONE', spare: 3 },
  { head: 'TROUBLE', grows: true },
]

function healthRow(inbox: InboxView): string[] {
  return [
    inbox.name,
    inbox.state.replace('_', ' '),
    inbox.lag.events === 0 ? '0' : `${inbox.lag.events} (${inbox.lag.seconds} s)`,
    String(inbox.waiting),
    String(inbox.dead),
    String(inbox.done),
    inbox.lastDoneAt === null ? '' : printedInstant(inbox.lastDoneAt),
    safeLine(
      inbox.stateDetail ??
        inbox.note?.message ??
        (inbox.retrying > 0 || inbox.dead > 0 ? (inbox.lastError?.message ?? '') : ''),
    ),
  ]
}

export async function listInboxes(options: Shared): Promise<void> {
  await withService(options, async (service) => {
    const inboxes = accepted(await service.call('inboxes.list', {}))
    if (options.json) return printJson({ inboxes: inboxes.map(({ form: _, ...inbox }) => inbox) })
    print(table(listColumns, inboxes.map(healthRow), outputWidth()))
  })
}

export async function pauseOrResume(what: 'pause' | 'resume', name: string, options: Shared): Promise<void> {
  await withService(options, async (service) => {
    const { form: _, ...inbox } = accepted(await service.call(`inboxes.${what}`, { name }))
    if (options.json) printJson(inbox)
    else print(what === 'pause' ? `${name} is paused; what comes meanwhile waits.` : `${name} goes on.`)
  })
}

/** Has an inbox look again at everything recorded since. A day means all of it. */
export async function backfillInbox(name: string, options: Shared & { from: string }): Promise<void> {
  const from = options.from.trim()
  const since = readInstant(/^\d{4}-\d{2}-\d{2}$/.test(from) ? `${from}T00:00` : from)
  await withService(options, async (service) => {
    const { form: _, ...inbox } = accepted(await service.call('inboxes.backfill', { name, since }))
    if (options.json) return printJson(inbox)
    print(
      `${name} looks again at ${inbox.lag.events} events; what it delivered already it does not deliver again. Where no app is open: docket work --once`,
    )
  })
}

export async function testInbox(name: string, options: Shared & { target?: string }): Promise<void> {
  const folder = workspaceFolder(options)
  await withService(options, async (opened) => {
    const service = withWorker(folder, opened)
    try {
      await settled(service)
      const result = accepted(
        await service.call('inboxes.test', {
          name,
          ...(options.target === undefined ? {} : { target: options.target }),
        }),
      )
      if (!result.ok) throw new RefusedError({ code: 'test_failed', message: result.detail })
      if (options.json) printJson(result)
      else print(result.detail)
    } finally {
      await service.worker.stop()
    }
  })
}

function readAll(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(file), 'utf8')
  } catch (error) {
    throw new UsageError(`${quoted(file)} can not be read: ${(error as Error).message}.`)
  }
}

function jsonObject(text: string): Record<string, never> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, never>
  } catch {
    // Said below.
  }
  throw new UsageError('The settings are one JSON object, in a file or on standard input (-).')
}

/** Switches an inbox on or off, and takes settings and one secret over. A secret comes by standard input alone: arguments can be seen. */
export async function setInbox(
  name: string,
  file: string | undefined,
  options: Shared & { on?: boolean; off?: boolean; secret?: string; removeSecret?: string },
): Promise<void> {
  if (options.on && options.off) throw new UsageError('Say --on or --off, not both.')
  if (options.secret !== undefined && file === '-')
    throw new UsageError(
      'Standard input holds the settings or the secret, not both: name a file for the settings.',
    )
  const settings = file === undefined ? undefined : jsonObject(readAll(file))
  const secrets = {
    ...(options.secret === undefined ? {} : { [options.secret]: readAll('-').replace(/\r?\n$/, '') }),
    ...(options.removeSecret === undefined ? {} : { [options.removeSecret]: null }),
  }
  await withService(options, async (service) => {
    const { form: _, ...inbox } = accepted(
      await service.call('inboxes.configure', {
        name,
        ...(options.on || options.off ? { enabled: options.on === true } : {}),
        ...(settings === undefined ? {} : { settings }),
        ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
      }),
    )
    if (options.json) return printJson(inbox)
    print(`${name} is ${inbox.state.replace('_', ' ')}${inbox.stateDetail ? `: ${inbox.stateDetail}` : ''}`)
    if (inbox.secrets.length > 0) print(`Secrets that are set: ${inbox.secrets.join(', ')}`)
    if (inbox.unreadableSecrets.length > 0)
      print(
        `Secrets that another app or user sealed, to be entered again here: ${inbox.unreadableSecrets.join(', ')}`,
      )
    print(JSON.stringify(inbox.settings, null, 2))
  })
}
