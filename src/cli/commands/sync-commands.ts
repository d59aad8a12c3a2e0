import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  agreementText,
  aheadText,
  type ConflictView,
  conflictOf,
  notTakenText,
  pollingText,
  type SyncView,
  unreadableText,
} from '#contract/answers/sync-answers.ts'
import { stateDigests } from '#db/queries/state-digest.ts'
import { syncMemory } from '#inboxes/store/sync-memory.ts'
import { type Shared, withWorkspace, workspaceFolder } from '../input/open-here.ts'
import { readInvite } from '../input/read-invite.ts'
import { settled, withService, withWorker } from '../input/with-service.ts'
import { accepted, print, printedInstant, printJson, quoted, safeLine, UsageError } from '../output/output.ts'
import { outputWidth, type TableColumn, table } from '../output/table.ts'
import { readAddress, sayAddress } from './email-commands.ts'

export type JoinOptions = Shared & {
  readonly email?: string
  /** As it was typed; `-` for standard input, absent to be asked for. */
  readonly invite?: string
  readonly device?: string
  readonly ca?: string
  readonly encrypt?: boolean
}

const states: Readonly<Record<SyncView['state'], string>> = {
  off: 'not synced',
  connecting: 'connecting',
  offline: 'offline',
  syncing: 'syncing',
  up_to_date: 'up to date',
  paused: 'paused',
  refused: 'refused',
}

function agreementLine({ agreement }: SyncView): string {
  const { state, digest, difference } = agreement
  const said = agreementText(agreement)
  if (state === 'same' && agreement.replicas > 1) return `${said} (${digest})`
  return difference?.bundle ? `${said}. What to report is in ${difference.bundle}` : said
}

function show(view: SyncView, options: Shared): void {
  if (options.json) {
    printJson(view)
    return
  }
  const { state, reason, server, workspace, role, unpushed, lastSyncedAt, clockAheadMillis } = view
  if (state === 'off') {
    print('This workspace is of this machine alone. Join a team with: docket sync join URL')
    return
  }
  const lines = [
    `${state === 'up_to_date' && unpushed > 0 ? 'not sent yet' : states[state]}${reason ? `: ${safeLine(reason.message)} [${reason.code}]` : ''}`,
    `${safeLine(workspace ?? '')} at ${server}${role ? `, ${role}` : ''}${view.encrypted ? ', encrypted end to end' : ''}`,
    `${unpushed} event${unpushed === 1 ? '' : 's'} to push${view.notTaken ? `, ${view.notTaken.events} not taken` : ''}; last synced ${lastSyncedAt === null ? 'never' : printedInstant(lastSyncedAt)}`,
    agreementLine(view),
  ]
  for (const line of [
    notTakenText(view.notTaken),
    aheadText(view.ahead),
    unreadableText(view.unreadable),
    pollingText(view.polling),
  ])
    if (line !== null) lines.push(safeLine(line))
  if (reason?.code === 'forged_payload' && reason.event !== undefined)
    lines.push(`Ask whoever recorded it; to go on without it: docket sync pass-over ${reason.event}`)
  if (clockAheadMillis !== null)
    lines.push(
      `This computer’s clock is ${Math.round(clockAheadMillis / 60_000)} minutes ahead of the server’s.`,
    )
  print(lines.join('\n'))
}

/** Does something with a worker beside, so that a round is made; where the open app has the worker, it makes the round. */
async function synced(options: Shared): Promise<SyncView> {
  return withService(options, async (service) => {
    const worker = withWorker(workspaceFolder(options), service)
    try {
      if ((await settled(worker)) === 'running') {
        accepted(await worker.call('sync.now', {}))
        await worker.sync.agreed()
        return worker.sync.view()
      }
      return await byTheApp(service.inboxes.inboxDatabase(), () => worker.sync.view())
    } finally {
      await worker.worker.stop()
    }
  })
}

/** How long the open app gets for a round, in milliseconds. */
const patienceMillis = 60_000

/** Asks the process that has the worker for a round, and waits until it has made one. */
async function byTheApp(
  inboxDatabase: Parameters<typeof syncMemory>[0],
  view: () => SyncView,
): Promise<SyncView> {
  const memory = syncMemory(inboxDatabase)
  const asked = Date.now()
  memory.ask(asked)
  while ((memory.answeredAt() ?? 0) < asked && Date.now() - asked < patienceMillis)
    await new Promise((resolve) => setTimeout(resolve, 100))
  return view()
}

/** A bundle of every authority there is has not a quarter of it. */
const mostCertificateBytes = 1_048_576

/** The authority that a file holds. @throws UsageError where it holds none. */
function authority(file: string): string {
  const wrong = (why: string) => new UsageError(`--ca ${quoted(file)}: ${why}`)
  const path = resolve(file)
  let text: string
  try {
    const about = statSync(path)
    if (!about.isFile()) throw wrong('that is no file.')
    if (about.size > mostCertificateBytes) throw wrong('that is too large for a certificate.')
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw wrong(
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file.' : 'it can not be read.',
    )
  }
  try {
    void new X509Certificate(text)
  } catch {
    throw wrong('that is no certificate; it takes one in PEM, which begins with -----BEGIN CERTIFICATE-----.')
  }
  return text
}

export async function joinTeam(url: string, options: JoinOptions): Promise<void> {
  const invite = await readInvite(options.invite, options.encrypt === true)
  const ca = options.ca === undefined ? undefined : authority(options.ca)
  const address = options.email === undefined ? null : readAddress(options.email)
  await withService(options, async (service) => {
    accepted(
      await service.call('sync.join', {
        url,
        invite,
        ...(options.device === undefined ? {} : { device: options.device }),
        ...(ca === undefined ? {} : { ca }),
        ...(options.encrypt ? { encrypt: true } : {}),
      }),
    )
  })
  if (address !== null)
    await withWorkspace(options, (workspace) => sayAddress(workspace, workspace.me.memberId, address))
  await now(options)
}

/** Makes a round and shows how things stand; a round that did not come to its end exits with 1. */
export async function now(options: Shared): Promise<void> {
  const view = await synced(options)
  show(view, options)
  if (view.state !== 'up_to_date' && view.state !== 'paused') process.exitCode = 1
}

export async function status(options: Shared): Promise<void> {
  await withService(options, async (service) => {
    show(accepted(await service.call('sync.status', {})), options)
    if (options.json) return
    const clocks = accepted(await service.call('workspace.notes', {})).find(
      ({ code }) => code === 'wrong_clock',
    )
    if (clocks) print(`${clocks.text}${clocks.command ? ` To correct the newest: ${clocks.command}` : ''}`)
  })
}

const calling =
  (name: 'sync.pause' | 'sync.resume' | 'sync.leave') =>
  (options: Shared): Promise<void> =>
    withService(options, async (service) => show(accepted(await service.call(name, {})), options))
export const pause = calling('sync.pause')
export const resume = calling('sync.resume')
export const leave = calling('sync.leave')

/** Goes on without the payload of an event that does not open, and shows how a round ends then. */
export async function ignoreUnreadable(event: string, options: Shared): Promise<void> {
  await withService(options, async (service) => accepted(await service.call('sync.passOver', { event })))
  await now(options)
}

/** The folded state's digest alone: equal on copies that hold the same events. */
export async function digest(options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const { digest: of, events } = stateDigests(workspace.database).now()
    if (options.json) printJson({ digest: of, events })
    else print(of)
  })
}

const columns: readonly TableColumn[] = [
  { head: 'OF' },
  { head: 'FIELD' },
  { head: 'LOST', grows: true },
  { head: 'WON', grows: true },
  { head: 'CONFLICT', spare: 2 },
]

const side = ({ actorName, value }: ConflictView['lost']): string =>
  safeLine(`${actorName}: ${value ?? 'nothing'}`).slice(0, 60)

export async function listConflicts(options: Shared & { readonly all?: boolean }): Promise<void> {
  await withService(options, async (service) => {
    const show = options.all ? 'all' : 'open'
    const page = accepted(await service.call('conflicts.list', { show, limit: 500 }))
    if (options.json) return printJson({ conflicts: page.conflicts, open: page.open })
    if (page.conflicts.length === 0) return print('No conflicts.')
    print(
      table(
        columns,
        page.conflicts.map((each) => [
          safeLine(each.of.name),
          each.fieldName ?? each.field,
          side(each.lost),
          side(each.won),
          each.id,
        ]),
        outputWidth(),
      ),
    )
  })
}

export async function answerConflict(
  how: 'flip' | 'dismiss',
  conflictId: string,
  options: Shared,
): Promise<void> {
  await withService(options, async (service) => {
    const { conflicts: known } = accepted(await service.call('conflicts.list', { show: 'all', limit: 500 }))
    const found = known.find(({ id }) => id === conflictId)
    if (!found) throw new UsageError(`There is no conflict ${quoted(conflictId)}; see docket conflict list.`)
    const type = how === 'flip' ? 'flip_conflict' : 'dismiss_conflict'
    const outcome = accepted(
      await service.call('commands.execute', {
        command: { type, conflictId, ...conflictOf(found) },
      }),
    )
    if (options.json) printJson(outcome)
    else
      print(
        how === 'flip'
          ? `Made again on ${safeLine(found.of.name)}.`
          : `Left as it is on ${safeLine(found.of.name)}.`,
      )
  })
}
