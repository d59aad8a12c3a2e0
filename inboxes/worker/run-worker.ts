import { dirname, join } from 'node:path'
import { takeLock } from '#db/sqlite/exclusive-lock.ts'
import type { ReadDatabase } from '#db/sqlite/open-database.ts'
import { heldNotice } from '../builtin/rules/held-notice.ts'
import { dueOccasions, type LookContext } from '../builtin/rules/time-rules.ts'
import type { DeliveringInbox, Inbox, InboxContext, Pace } from '../contract/inbox.ts'
import { UnreadableSecretError } from '../contract/unreadable-secret.ts'
import { logReader } from '../log/log-reader.ts'
import { logWorkspace } from '../log/log-workspace.ts'
import type { ProcessLimits } from '../own/own-inbox-process.ts'
import { ownInboxes } from '../own/own-inboxes.ts'
import { heldSentence, isOutgoing } from '../own/sends-from-here.ts'
import { joinedHistory } from '../runner/joined-history.ts'
import { type Runner, runner } from '../runner/runner.ts'
import { deliveryStore } from '../store/delivery-store.ts'
import { noticeStore } from '../store/notice-store.ts'
import type { InboxDatabase } from '../store/open-store.ts'
import { ruleEvaluations } from '../store/rule-evaluations.ts'
import { syncEngine } from '../sync/sync-client.ts'
import { type HostRpc, hostRpc } from './host-rpc.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** How often it is looked for what no message told of, in milliseconds. */
const lookEvery = 1_000
/** How often rules are looked at at most because one of them, or anything that is no issue, changed, in milliseconds. */
const rulesEvery = 5_000
/** How often the window is told at most that something moved on, in milliseconds. */
const tellEvery = 200
const testMillis = 20_000
/** Set back by less than this, in milliseconds, the clock is only kept right. */
const setBackMillis = 2_000
/** How long what was delivered is kept to be looked at, in milliseconds; dead letters stay until somebody decides. */
const keptMillis = 90 * 86_400_000

export type WorkerOptions = {
  readonly database: ReadDatabase
  readonly inboxDatabase: InboxDatabase
  readonly inboxes: readonly Inbox[]
  /** Limits of the inboxes that people write themselves. */
  readonly ownLimits?: ProcessLimits
  /** Overrides every inbox's own pace, for tests. */
  readonly pace?: Partial<Pace>
  readonly say: (message: FromWorker) => void
}

/** The inbox worker behind its messages. @returns what takes them; `stop` has to be awaited by the caller. */
export function runWorker({ database, inboxDatabase, inboxes, say, ownLimits, pace = {} }: WorkerOptions) {
  const reader = logReader(database)
  const book = deliveryStore(inboxDatabase, Date.now)
  const noticeBook = noticeStore(inboxDatabase, Date.now)
  const link: HostRpc = hostRpc(say)
  const own = ownInboxes({
    place: () => ({ inboxDatabase: inboxDatabase, workspaceId: seat?.workspaceId ?? '' }),
    ...(ownLimits ? { limits: ownLimits } : {}),
    onChange: () => running?.refresh(),
  })
  const looks = ruleEvaluations(inboxDatabase, Date.now)
  let secrets: Readonly<Record<string, string>> = {}
  let unreadable: ReadonlySet<string> = new Set()
  let held: ReadonlySet<string> = new Set()
  let seat: Extract<ToWorker, { kind: 'configure' }>['seat'] | undefined
  let running: Runner | undefined
  let release: (() => void) | undefined
  let told = false
  /** When the next notice that was put off comes back. */
  let wakes: number | undefined
  let seenLog: unknown
  let seenDirectory = -1
  let lookedAtRulesAt = Number.NEGATIVE_INFINITY
  /** The clock on the wall against the one that only goes on. */
  let wallAhead = Date.now() - performance.now()
  let seenLedger = book.dataVersion()
  const logVersion = database.client.prepare('SELECT data_version FROM pragma_data_version').pluck()

  const context = (): InboxContext => ({
    settings: {},
    secret: () => undefined,
    workspace: workspace(),
    host: link,
    notices: noticeBook,
    hand: {
      notice: (notice) => noticeBook.add(notice),
      enqueue(delivery) {
        book.enqueue(delivery)
        running?.refresh()
      },
    },
    now: Date.now,
  })
  const joined = joinedHistory(
    inboxDatabase,
    reader,
    () => book.inboxes().find((row) => row.name === 'sync')?.enabled === true,
  )
  const sync = syncEngine({
    database,
    streamIds: reader.streamIds,
    inboxDatabase,
    host: link.sync,
    row: () => book.inboxes().find((row) => row.name === 'sync'),
    secret: (field) => secrets[`sync/${field}`],
    onView(view) {
      const wentThrough = view.state === 'up_to_date' || (view.state === 'paused' && view.reason === null)
      if (wentThrough && view.lastSyncedAt !== null) joined.caughtUp()
      say({ kind: 'sync', view })
    },
    folder: dirname(inboxDatabase.file),
    now: Date.now,
  })
  let knownWorkspace: ReturnType<typeof logWorkspace> | undefined
  function workspace() {
    if (!seat) throw new Error('not configured')
    knownWorkspace ??= logWorkspace(database, reader, seat)
    return knownWorkspace
  }

  const lookContext = (): LookContext => ({
    workspace: workspace(),
    now: Date.now,
    looks,
    isKnown: book.isKnown,
    onHeld(rule, issues, more) {
      const notice = heldNotice(rule, issues, more, reader)
      if (notice) noticeBook.add(notice)
      tellProgress()
    },
  })

  const gated = new Map<Inbox, Inbox>()
  /** An outgoing inbox that is not ready while it is held. */
  function unlessHeld(inbox: Inbox): Inbox {
    if (!isOutgoing(inbox)) return inbox
    const known = gated.get(inbox)
    if (known) return known
    const notReady: Inbox['notReady'] = (context) =>
      held.has(inbox.name) ? heldSentence(inbox) : inbox.notReady?.(context)
    const gate = { ...inbox, notReady } as Inbox
    gated.set(inbox, gate)
    return gate
  }

  let lastTold = 0
  let telling: NodeJS.Timeout | undefined
  function tellProgress(): void {
    if (telling) return
    telling = setTimeout(
      () => {
        telling = undefined
        lastTold = Date.now()
        say({ kind: 'progress', position: position() })
      },
      Math.max(0, lastTold + tellEvery - Date.now()),
    )
    telling.unref()
  }

  const position = (): number => running?.position() ?? 0

  function begin(): void {
    if (running || !seat) return
    release = takeLock(join(dirname(inboxDatabase.file), 'inboxes.lock'))
    if (!release) {
      if (!told) say({ kind: 'standby' })
      told = true
      return
    }
    running = runner({
      inboxes: () => [...inboxes.map(unlessHeld), ...own.list()],
      deliveryStore: book,
      notices: noticeBook,
      reader,
      workspace: workspace(),
      host: link,
      secret: secretOf,
      quietUpTo: joined.quietUpTo,
      pace,
      now: Date.now,
      onProgress: tellProgress,
    })
    say({ kind: 'working' })
    running.refresh()
    sync.refresh()
    minute()
  }

  /** Whether the clock was set back since it was asked last. */
  function wasSetBack(): boolean {
    const before = wallAhead
    wallAhead = Date.now() - performance.now()
    return wallAhead < before - setBackMillis
  }

  /** What no message told of: another process wrote, this one became the only one, or the clock was set back. */
  function look(): void {
    if (!running) {
      begin()
      return
    }
    if (wasSetBack()) minute()
    const log = logVersion.get()
    const own = book.dataVersion()
    if (own !== seenLedger) {
      // Settings and secrets may be others by now; only the host can open the latter.
      say({ kind: 'stale' })
      running.refresh()
      sync.refresh()
      sync.look()
    } else if (log !== seenLog) {
      running.wake()
      sync.wake()
    }
    lookAtRules()
    seenLog = log
    seenLedger = own
  }

  /** A rule that was just added, changed or answered is looked at now and not at the end of the minute. */
  function lookAtRules(): void {
    // A history that is being pulled changes everything at every page.
    if (performance.now() - lookedAtRulesAt < rulesEvery) return
    const version = reader.directoryVersion()
    if (version === seenDirectory) return
    seenDirectory = version
    lookedAtRulesAt = performance.now()
    minute()
  }

  /** What time alone brings about: rules whose moment has come, a clock that was set back, deliveries too old to be kept. */
  function minute(): void {
    if (!running) return
    try {
      if (wakes !== undefined && wakes <= Date.now()) tellProgress()
      wakes = noticeBook.nextWaking()
      const rules = book.inboxes().find((row) => row.name === 'rules')
      const acts = rules?.enabled === true && !rules.paused
      looks.arrived(reader.position())
      const occasions = acts ? dueOccasions(lookContext()) : []
      const fresh = occasions.filter((occasion) => book.enqueue(occasion)).length
      const pulled = book.pullBack()
      book.forget(Date.now() - keptMillis)
      if (fresh + pulled > 0) running.refresh()
    } catch (error) {
      console.error('what time brings about failed:', error)
    }
  }

  function secretOf(inbox: string, field: string): string | undefined {
    const name = `${inbox}/${field}`
    if (unreadable.has(name)) throw new UnreadableSecretError(field)
    return secrets[name]
  }

  async function test(name: string, target: string | undefined): Promise<{ ok: boolean; detail: string }> {
    const inbox = inboxes.find((each) => each.name === name) as DeliveringInbox | undefined
    const row = book.inboxes().find((each) => each.name === name)
    if (!inbox?.test || !row) return { ok: false, detail: 'There is nothing to test here.' }
    const settings = inbox.settings.safeParse(row.settings)
    if (!settings.success) return { ok: false, detail: settings.error.issues[0]?.message ?? 'Not valid' }
    const tested = {
      ...context(),
      settings: settings.data,
      secret: (field: string) => secretOf(name, field),
      signal: AbortSignal.timeout(testMillis),
    }
    try {
      const trouble = inbox.notReady?.(tested)
      if (trouble) return { ok: false, detail: trouble }
      const outcome = await inbox.test(tested, target)
      return outcome.kind === 'done'
        ? { ok: true, detail: outcome.detail ?? 'It worked.' }
        : { ok: false, detail: outcome.why }
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) }
    }
  }

  async function drain(): Promise<void> {
    // What is still being loaded would seem to have nothing to do.
    await own.settled()
    running?.refresh()
    await running?.drain()
  }

  const looking = setInterval(() => {
    try {
      look()
    } catch (error) {
      console.error('the inboxes could not look for work:', error)
    }
  }, lookEvery)
  const everyMinute = setInterval(minute, 60_000)

  return {
    position,
    receive(message: ToWorker): void {
      switch (message.kind) {
        case 'ping':
          say({ kind: 'pong', id: message.id, position: position() })
          return
        case 'configure':
          // Who joined a team may be somebody else there: what was made with the seat sees it move.
          seat = Object.assign(seat ?? {}, message.seat)
          secrets = message.secrets
          unreadable = new Set(message.unreadable)
          held = new Set(message.held)
          seenLedger = book.dataVersion()
          if (running) {
            running.refresh()
            sync.refresh()
          } else begin()
          return
        case 'wake':
          running?.wake()
          if (running) {
            sync.wake()
            lookAtRules()
          }
          return
        case 'sync_now':
          void (running ? sync.now() : Promise.resolve()).then(() =>
            say({ kind: 'synced', id: message.id, view: sync.view() }),
          )
          return
        case 'drain':
          void drain().then(() => say({ kind: 'drained', id: message.id }))
          return
        case 'test':
          void test(message.inbox, message.target).then((result) =>
            say({ kind: 'tested', id: message.id, ...result }),
          )
          return
        case 'answer':
          link.answered(message.id, message.value)
          return
        case 'stop':
          return
      }
    },
    async stop(): Promise<void> {
      clearInterval(looking)
      clearInterval(everyMinute)
      clearTimeout(telling)
      await sync.stop()
      await running?.stop()
      release?.()
    },
  }
}
