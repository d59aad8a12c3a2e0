import { readFileSync } from 'node:fs'
import { v7 as uuidv7 } from 'uuid'
import type { HostMessage } from '#contract/answers/answers.ts'
import {
  type CallInput,
  type CallName,
  type CallOutput,
  type CallRequest,
  calls,
  isCallName,
} from '#contract/calls.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { timesCorrected } from '#core/time/time-events.ts'
import type { Position } from '#core/values/ids.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { correctedTimesOf } from '#db/log/rows/corrected-times.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { shippedInboxes } from '#inboxes/registry.ts'
import type { AppService, AppServiceOptions } from './app-service.ts'
import { callHandlers } from './calls/call-handlers.ts'
import { issueQueries } from './calls/issue-queries.ts'
import { retryWhileBusy } from './commands/retry-while-busy.ts'
import { fileJobs } from './files/file-jobs.ts'
import { hostFiles } from './files/host-files.ts'
import { inboxService } from './inboxes/inbox-service.ts'
import { InboxDatabaseRefusedError } from './inboxes/inbox-service-context.ts'
import { keyFileSealer } from './inboxes/secret-cipher.ts'
import { jobs } from './jobs/jobs.ts'
import { projectionScheduler } from './jobs/projection-scheduler.ts'
import { syncService } from './sync/sync-service.ts'
import { logFile } from './workspace/init-workspace.ts'
import { gapSentence } from './workspace/log-head.ts'
import { openWorkspace } from './workspace/workspace.ts'

/** How often it is looked whether another process wrote, in milliseconds: well inside the promised second. */
const lookEvery = 200
/** More changed issues than this are not named one by one. */
const namedAtMost = 200

/** The version in package.json, which lies above the sources as well as above a bundle. */
function appVersion(): string {
  for (const up of ['../../package.json', '../package.json', '../../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found.name === 'docket' && found.version) return found.version
    } catch {
      // Not at this height; the next is tried.
    }
  }
  return '0.0.0'
}

type InputIssue = { readonly code?: string; readonly path: readonly PropertyKey[]; readonly message: string }

/** The first thing wrong with an input, as a sentence with the place. */
function inputProblem(error: { issues: readonly InputIssue[] }): { message: string; path: string } {
  const [first] = error.issues
  const path = first?.path.map(String).join('.') ?? ''
  // The schema's own words list every kind there is, which helps nobody.
  const wrong =
    first?.code === 'invalid_union'
      ? 'is of no known kind'
      : first?.message.replace(/^Invalid/, 'is not valid:')
  return { path, message: `${path || 'The input'} ${wrong ?? 'is not valid'}` }
}

/**
 * Opens a workspace as the whole app below the window. It may be open in several processes at once; each notices the others'
 * changes within a second. Refuses as `openWorkspace` does.
 */
export async function openAppService(options: AppServiceOptions): Promise<Result<AppService>> {
  const { folder, host, jobThread, migrations, durability = 'FULL' } = options
  const opened = openWorkspace(folder, {
    durability,
    busyTimeout: host === 'cli' ? 5_000 : 0,
    ...(migrations ? { migrations } : {}),
  })
  if (!opened.ok) return opened
  const { readOnly } = opened.value.database
  // Search is written through a connection of its own, for it need not survive a power cut: it is caught up from its checkpoint.
  const behindOpened = readOnly
    ? opened
    : openWorkspace(folder, {
        durability: 'NORMAL',
        busyTimeout: 0,
        ...(migrations ? { migrations } : {}),
      })
  if (!behindOpened.ok) {
    opened.value.close()
    return behindOpened
  }
  const workspace = opened.value
  const gap = workspace.tellGap()
  if (gap) console.error(`docket: ${gapSentence(folder, gap)} [log_behind]`)
  const behind = behindOpened.value

  const listeners = new Set<(message: HostMessage) => void>()
  const emit = (message: HostMessage): void => {
    for (const listener of listeners) listener(message)
  }
  const running = jobs({
    folder,
    thread: jobThread,
    migrations,
    onChange: (job) => emit({ kind: 'job', job }),
  })
  const projecting = projectionScheduler(
    readOnly ? { step: () => false } : behind.projections,
    (error) => console.error('search is not up to date:', error),
    () =>
      running
        .list()
        .some((job) => job.state === 'running' && (job.kind === 'import' || job.kind === 'rebuild')),
  )
  const queries = issueQueries(workspace)
  const desk = inboxService(workspace, shippedInboxes, options.sealer ?? keyFileSealer())
  // A command that ends after one list would wait longer for the reading than it saves.
  const warming =
    host === 'cli'
      ? undefined
      : projectionScheduler(
          { step: queries.warm },
          (error) => console.error('lists are read from disk:', error),
          () => false,
        )
  let closing: Promise<void> | undefined
  let told: Position = workspace.log.position()

  function tellOf(position: Position, recent: readonly RecordedEvent[]): void {
    const issues = new Set(
      recent.filter((event) => event.streamType === 'issue').map((event) => event.streamId as string),
    )
    const directory = recent.some((event) => event.streamType !== 'issue')
    // Any issue may be of another time now.
    const all = recent.some((event) => event.type === timesCorrected.name)
    told = position
    emit({ kind: 'changed', position, issues: all ? null : [...issues], directory })
    projecting.nudge()
    warming?.nudge()
  }

  /** Tells of everything recorded since the last time, whoever recorded it. */
  function tell(): void {
    const position = workspace.log.position()
    if (position === told) return
    if (position - told > namedAtMost) {
      told = position
      emit({ kind: 'changed', position, issues: null, directory: true })
      projecting.nudge()
      warming?.nudge()
    } else tellOf(position, workspace.log.readAll(told, namedAtMost))
  }

  /** Tells of what a command of this process recorded, without reading it again where nobody else wrote in between. */
  function tellRecorded(recorded: readonly RecordedEvent[]): void {
    const last = recorded.at(-1)
    if (last && recorded[0]?.position === told + 1) tellOf(last.position, recorded)
    else tell()
  }

  const sync = syncService({ workspace, inboxes: desk, emit, onArrived: tell })
  const files = hostFiles({ transfers: options.transfers })
  const handlers = callHandlers({
    workspace,
    queries,
    host,
    version: appVersion(),
    gap,
    jobs: running,
    files,
    fileJobs: fileJobs(running, files, () => workspace.name().name, host === 'web'),
    projecting,
    searchCheckpoint: behind.projections.checkpoint,
    pickFile: options.pickFile ?? (async () => null),
    onRecorded: tellRecorded,
    onMe: () => emit({ kind: 'changed', position: workspace.log.position(), issues: [], directory: true }),
    inboxes: desk,
    confirmTrust: options.confirmTrust,
    sync,
    onNotices: (unread) => emit({ kind: 'inboxes', unread }),
  })

  const times = correctedTimesOf(workspace.database)
  let toldTimes = times.version
  /** Tells of times that were corrected by now, which no event at the end of the log says. */
  function tellOfTimes(): void {
    times.refresh()
    if (times.version === toldTimes || workspace.log.corrections.pending()) return
    toldTimes = times.version
    emit({ kind: 'changed', position: told, issues: null, directory: true })
    warming?.nudge()
  }

  const look = setInterval(() => {
    try {
      workspace.refreshIdentity()
      tell()
      tellOfTimes()
    } catch (error) {
      console.error('could not look for changes:', error)
    }
  }, lookEvery)
  look.unref()
  projecting.nudge()
  warming?.nudge()

  async function answer<Name extends CallName>(
    name: Name,
    input: unknown,
  ): Promise<Result<CallOutput<Name>>> {
    if (closing) return refuse('cancelled', 'Docket is closing; nothing was changed.')
    const parsed = calls[name].input.safeParse(input)
    if (!parsed.success) {
      const { message, path } = inputProblem(parsed.error)
      const tooLarge = message.includes('larger than 1 MiB')
      const code = tooLarge
        ? 'body_too_large'
        : name === 'commands.execute'
          ? 'invalid_command'
          : 'invalid_input'
      return refuse(code, `${message}. Nothing was changed.`, { path })
    }
    try {
      return await handlers[name](parsed.data as CallRequest<Name>)
    } catch (error) {
      if (error instanceof InboxDatabaseRefusedError) return { ok: false, error: error.refusal }
      const refusal = databaseRefusal(error, logFile(folder))
      if (refusal) return { ok: false, error: refusal }
      console.error(`${name} failed:`, error)
      return refuse(
        'internal',
        'Something went wrong inside Docket; nothing was changed. The details are in its output.',
        {
          reference: uuidv7(),
        },
      )
    }
  }

  return done({
    readOnly,
    call: <Name extends CallName>(name: Name, input: CallInput<Name>) => answer(name, input),
    callUnchecked: async (name, input) =>
      isCallName(name)
        ? answer(name, input)
        : refuse('invalid_input', 'There is no such call.', {
            name: typeof name === 'string' ? name.slice(0, 100) : typeof name,
          }),
    async automate({ command, eventIds, metadata, actorId }) {
      if (closing) return refuse('cancelled', 'Docket is closing; nothing was changed.')
      try {
        const executed = await retryWhileBusy(() =>
          workspace.commands.execute(command, {
            metadata,
            eventIds,
            ...(actorId === undefined ? {} : { actorId }),
          }),
        )
        if (!executed.ok) return executed
        const { recorded, position } = executed.value
        if (recorded.length > 0) tellRecorded(recorded)
        return done({ events: recorded.length, position })
      } catch (error) {
        const refusal = databaseRefusal(error, logFile(folder))
        if (refusal) return { ok: false, error: refusal }
        console.error('an automated command failed:', error)
        return refuse('internal', 'Something went wrong inside Docket; nothing was changed.')
      }
    },
    inboxes: desk,
    files,
    sync,
    emit,
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closing ??= (async () => {
        clearInterval(look)
        projecting.stop()
        warming?.stop()
        await running.close()
        files.close()
        listeners.clear()
        desk.close()
        if (behind !== workspace) behind.close()
        workspace.close()
      })()
      return closing
    },
  })
}
