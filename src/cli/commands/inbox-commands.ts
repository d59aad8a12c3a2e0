import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AppService } from '#app/app-service.ts'
import { openAppService } from '#app/open-app-service.ts'
import { type ServiceWithInboxes, withInboxWorker } from '#app/with-inbox-worker.ts'
import { startChildWorker } from '#app/worker/child-worker.ts'
import { logFile } from '#app/workspace/init-workspace.ts'
import type { DeliveryState, DeliveryView, InboxView } from '#contract/answers/inbox-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { notifySend } from '#inboxes/builtin/notifications/notify-send.ts'
import { type Shared, workspaceFolder } from '../input/open-here.ts'
import { readInstant } from '../input/read-instant.ts'
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

/** Opens the workspace with its inboxes, does the work and closes it, whatever happens. */
export async function withService<T>(shared: Shared, work: (service: AppService) => Promise<T>): Promise<T> {
  const service = accepted(
    await openAppService({
      folder: workspaceFolder(shared),
      host: 'cli',
      jobThread: new URL('../../app/jobs/job-thread.ts', import.meta.url),
    }),
  )
  try {
    return await work(service)
  } finally {
    await service.close()
  }
}

/** The service with a worker of its own, which may have to stand by for another's. */
export function withWorker(folder: string, service: AppService): ServiceWithInboxes {
  return withInboxWorker(service, {
    start: () =>
      startChildWorker(new URL('../../../inboxes/worker/worker.ts', import.meta.url), logFile(folder)),
    notify: notifySend().show,
  })
}

/** Resolves when the worker does its work, or stands by. */
export function settled(service: ServiceWithInboxes): Promise<'running' | 'standby'> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const { state, detail } = service.worker.state
      if (state === 'running' || state === 'standby') resolve(state)
      else if (state === 'stopped') reject(stoppedError(detail))
    }
    service.onMessage(look)
    look()
  })
}

/** Rejects with a sentence once the worker is given up: whoever waits for what it does would wait for ever. */
function givenUp(service: ServiceWithInboxes): Promise<never> {
  return new Promise((_, reject) => {
    service.onMessage((message) => {
      if (message.kind === 'worker' && message.state === 'stopped') reject(stoppedError(message.detail))
    })
  })
}

const stoppedError = (detail: string | null): RefusedError =>
  new RefusedError({ code: 'internal', message: detail ?? 'The inbox worker ended.' })

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

const deliveryColumns: readonly TableColumn[] = [
  { head: 'ID' },
  { head: 'INBOX' },
  { head: 'TARGET', most: 24 },
  { head: 'STATE' },
  { head: 'TRIES' },
  { head: 'EVENT' },
  { head: 'ISSUE' },
  { head: 'SINCE', spare: 2 },
  { head: 'DETAIL', grows: true },
]

function deliveryRow(delivery: DeliveryView): string[] {
  return [
    String(delivery.id),
    delivery.inbox,
    safeLine(delivery.targetName),
    delivery.state,
    String(delivery.attempts),
    delivery.event.type,
    delivery.issue?.key ?? '',
    printedInstant(delivery.createdAt),
    safeLine(delivery.detail ?? ''),
  ]
}

export type DeliveriesOptions = Shared & {
  readonly inbox?: string
  readonly state?: DeliveryState | 'retrying'
  readonly limit: number
  readonly before?: string
}

export async function listDeliveries(options: DeliveriesOptions): Promise<void> {
  const { inbox, state, limit, before } = options
  if (before !== undefined && !/^[1-9]\d{0,14}$/.test(before))
    throw new UsageError(`--before takes the id of a delivery; ${quoted(before)} is none.`)
  await withService(options, async (service) => {
    const page = accepted(
      await service.call('deliveries.list', {
        limit,
        ...(inbox === undefined ? {} : { inbox }),
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before: Number(before) }),
      }),
    )
    if (options.json) return printJson({ deliveries: page.rows, next: page.next })
    if (page.rows.length === 0)
      return print(state === 'dead' ? 'No dead letters.' : 'Nothing was delivered yet.')
    print(table(deliveryColumns, page.rows.map(deliveryRow), outputWidth()))
    if (state === 'dead')
      for (const delivery of page.rows)
        for (const attempt of delivery.log)
          print(
            `  ${delivery.id} attempt ${attempt.number} at ${printedInstant(attempt.at)}, ${attempt.millis} ms: ${safeLine(attempt.detail)}`,
          )
    if (page.next !== null) print(`More: --before ${page.next}`)
  })
}

/** Which dead letters somebody means: by id, all of an inbox, or all. */
function whichDead(named: readonly string[], all: boolean): CallInput<'deliveries.replay'> {
  if (all && named.length === 0) return { all: true }
  if (all) throw new UsageError('Name deliveries or an inbox, or say --all; not both.')
  if (named.length === 0)
    throw new UsageError(
      'Name the deliveries by id, or an inbox, or say --all. "docket inbox dead" lists them.',
    )
  const ids = named.map(Number)
  if (ids.every((id) => Number.isSafeInteger(id) && id > 0)) return { ids }
  const [inbox, second] = named
  if (inbox === undefined || second !== undefined)
    throw new UsageError('Name deliveries by id, or one inbox.')
  return { inbox }
}

export async function settleDead(
  what: 'replay' | 'discard',
  named: readonly string[],
  options: Shared & { all?: boolean },
): Promise<void> {
  const which = whichDead(named, options.all === true)
  await withService(options, async (service) => {
    if ('inbox' in which) {
      const inboxes = accepted(await service.call('inboxes.list', {}))
      if (!inboxes.some((inbox) => inbox.name === which.inbox)) accepted(unknown(which.inbox, inboxes))
    }
    const { count } = accepted(await service.call(`deliveries.${what}`, which))
    if (options.json) return printJson({ count })
    const letters = `${count} dead letter${count === 1 ? '' : 's'}`
    print(
      what === 'discard'
        ? `Discarded ${letters}.`
        : count === 0
          ? 'There is no such dead letter.'
          : `${letters} will be tried again, under the same key${count === 1 ? '' : 's'}. Where no app is open: docket work --once`,
    )
  })
}

const unknown = (name: string, inboxes: readonly InboxView[]) =>
  ({
    ok: false,
    error: {
      code: 'unknown_inbox',
      message: `There is no inbox ${quoted(name)}. There are ${inboxes.map((inbox) => inbox.name).join(', ')}.`,
    },
  }) as const

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

const total = (inboxes: readonly InboxView[], of: 'done' | 'waiting' | 'dead'): number =>
  inboxes.reduce((sum, inbox) => sum + inbox[of], 0)

/** Runs the inboxes here: until told to end, or with `once` until nothing is left that can be done now. */
export async function work(options: Shared & { once?: boolean }): Promise<void> {
  const folder = workspaceFolder(options)
  await withService(options, async (opened) => {
    const before = accepted(await opened.call('inboxes.list', {}))
    const service = withWorker(folder, opened)
    const ended = new Promise<void>((resolveEnd) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveEnd())
    })
    try {
      const state = await settled(service)
      if (options.once) {
        if (state === 'standby')
          throw new RefusedError({
            code: 'worker_running',
            message: 'Another Docket runs the inboxes of this workspace; there is nothing to do here.',
          })
        await Promise.race([
          service.drain().catch((error: Error) => {
            throw stoppedError(error.message)
          }),
          ended,
        ])
        const inboxes = accepted(await opened.call('inboxes.list', {}))
        const report = {
          done: total(inboxes, 'done') - total(before, 'done'),
          waiting: total(inboxes, 'waiting'),
          dead: total(inboxes, 'dead'),
        }
        if (options.json) return printJson(report)
        return print(
          `${report.done} done, ${report.waiting} wait for a later attempt, ${report.dead} dead letters.`,
        )
      }
      print(
        state === 'standby'
          ? 'Another Docket runs the inboxes of this workspace; this one takes over when that ends. Ctrl-C ends.'
          : `Running the inboxes of ${folder}. Ctrl-C ends.`,
      )
      await Promise.race([ended, givenUp(service)])
    } finally {
      await service.worker.stop()
    }
  })
}
