import type {
  DeliveryView,
  InboxState,
  InboxView,
  NoticeView,
  OwnInboxView,
} from '#contract/answers/inbox-answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { hlcMillis } from '#core/events/event-order.ts'
import { done, type Refusal, type Result, refuse } from '#core/values/refusal.ts'
import type { DeliveringInbox, Inbox } from '#inboxes/contract/inbox.ts'
import type { WorkspaceReader } from '#inboxes/contract/workspace-reader.ts'
import { logReader } from '#inboxes/log/log-reader.ts'
import { type LocalIdentity, logWorkspace } from '#inboxes/log/log-workspace.ts'
import { canConfine } from '#inboxes/own/confinement.ts'
import { type OwnInboxFile, ownInboxFiles } from '#inboxes/own/own-inbox-files.ts'
import { changeTrust, type OwnInboxPlace } from '#inboxes/own/own-inbox-trust.ts'
import { type OwnInboxes, ownInboxes } from '#inboxes/own/own-inboxes.ts'
import { heldSentence, isOutgoing, maySend, sendsFromHere } from '#inboxes/own/sends-from-here.ts'
import { eventSentence } from '#inboxes/shared/event-sentence.ts'
import { deliveryLog, type KeptDelivery } from '#inboxes/store/delivery-log.ts'
import { deliveryStore } from '#inboxes/store/delivery-store.ts'
import { forgetFormerTrust } from '#inboxes/store/former-trust.ts'
import { forgetGoneTargets, goneTargets } from '#inboxes/store/gone-targets.ts'
import {
  clearTrouble,
  configureInbox,
  type InboxRecord,
  inboxRecords,
  inStoreTransaction,
  rewindInbox,
  setPaused,
} from '#inboxes/store/inbox-rows.ts'
import { type KeptNotice, noticeStore } from '#inboxes/store/notice-store.ts'
import { type InboxDatabase, inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import { namedThing } from '../workspace/display-name.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Sealer } from './secret-cipher.ts'
import { type SealedSecrets, sealedSecrets } from './secret-store.ts'

/** What the desk has the worker do. */
export type WorkerControl = {
  /** Settings, secrets or deliveries changed. */
  refresh(): void
  /** Tries an inbox's settings out. */
  test(inbox: string, target: string | undefined): Promise<{ readonly ok: boolean; readonly detail: string }>
  restart(): void
}

/** Inboxes as a person sees and sets them: settings, health, deliveries, the in-app inbox. Works with or without a worker beside it. */
export type InboxService = ReturnType<typeof inboxService>

type Open = {
  readonly database: InboxDatabase
  readonly own: OwnInboxes
  readonly book: ReturnType<typeof deliveryStore>
  readonly log: ReturnType<typeof deliveryLog>
  readonly secrets: SealedSecrets
  readonly notices: ReturnType<typeof noticeStore>
  readonly look: WorkspaceReader
}

/** The delivery store could not be opened, which a person is told as it is. */
export class InboxDatabaseRefusedError extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

const noWorker: WorkerControl = {
  refresh: () => {},
  test: async () => ({
    ok: false,
    detail: 'No inbox worker runs here. Start the app or "docket work", then try again.',
  }),
  restart: () => {},
}
/** How many of an issue's events are looked through for the one that a notice is about. */
const lookedBack = 200

const noticeTextLength = 200
/** How long a note about an inbox is shown, in milliseconds. */
const noteMillis = 7 * 86_400_000

export function inboxService(workspace: Workspace, shipped: readonly Inbox[], sealer: Sealer) {
  let opened: Open | undefined
  let worker: WorkerControl = noWorker
  const firstHlc = workspace.database.client
    .prepare('SELECT hlc FROM events WHERE position > ? ORDER BY position LIMIT 1')
    .pluck()

  function localIdentity(): LocalIdentity {
    const { memberId, workspaceId } = workspace.me
    const { name, keyPrefix } = workspace.name()
    return { memberId, workspaceId, name, keyPrefix }
  }

  /** Moves when the workspace joins a team. */
  const liveIdentity: LocalIdentity = {
    get memberId() {
      return workspace.me.memberId
    },
    get workspaceId() {
      return workspace.me.workspaceId
    },
    get name() {
      return workspace.name().name
    },
    get keyPrefix() {
      return workspace.name().keyPrefix
    },
  }

  /** The delivery store, opened when it is first needed: a short command does not wait for it. @throws InboxDatabaseRefusedError, and as a failing disk does. */
  function open(): Open {
    if (opened) return opened
    const database = openInboxDatabase(inboxDatabaseFile(workspace.folder))
    if (!database.ok) throw new InboxDatabaseRefusedError(database.error)
    const book = deliveryStore(database.value, Date.now)
    opened = {
      database: database.value,
      own: ownInboxes({ place: ownPlace, onChange: () => {} }),
      book,
      log: deliveryLog(database.value, Date.now),
      secrets: sealedSecrets(database.value, sealer),
      notices: noticeStore(database.value, Date.now),
      look: logWorkspace(workspace.database, logReader(workspace.database), liveIdentity),
    }
    return opened
  }

  const ownPlace = (): OwnInboxPlace => ({
    inboxDatabase: open().database,
    workspaceId: workspace.me.workspaceId,
  })

  const ownFile = (name: string): OwnInboxFile | undefined =>
    name.startsWith('own-') ? ownInboxFiles(ownPlace()).find((each) => each.name === name) : undefined

  /** Whether an inbox is on: what the folder says, and of a user's file also what this computer says. */
  const isOn = (row: Pick<InboxRecord, 'enabled'>, file: OwnInboxFile | undefined): boolean =>
    row.enabled && (file?.trust.on ?? true)

  /**
   * Whether an outgoing inbox waits until the person agrees: the folder came from elsewhere. A secret that opens here was entered here, which
   * speaks for a folder that an earlier Docket made.
   */
  function isHeld(inbox: Inbox): boolean {
    if (!isOutgoing(inbox) || maySend(ownPlace(), inbox.name)) return false
    return Object.keys(open().secrets.all()).length === 0
  }

  /** Those that Docket ships and those in the workspace's folder, each with its row in `inboxes.db`. */
  function inboxes(): readonly Inbox[] {
    const { own, book } = open()
    const all = [...shipped, ...own.list()]
    for (const inbox of all) book.ensure(inbox.name, workspace.log.position(), inbox.onByDefault)
    return all
  }

  /** What a receiver said of a target counts no more once a person has it on again. */
  function switchedOnAgain(inbox: string, settings: unknown): void {
    const items = Object.values(settings as Readonly<Record<string, unknown>>).flatMap((list) =>
      Array.isArray(list) ? (list as readonly { readonly id?: unknown; readonly enabled?: unknown }[]) : [],
    )
    const off = new Set(items.flatMap(({ id, enabled }) => (enabled === false ? [String(id)] : [])))
    forgetGoneTargets(open().database, inbox, off)
  }

  function find(name: string): Result<Inbox> {
    const all = inboxes()
    const inbox = all.find((each) => each.name === name)
    return inbox
      ? done(inbox)
      : refuse(
          'unknown_inbox',
          `There is no inbox "${name}". There are ${all.map((each) => each.name).join(', ')}.`,
        )
  }

  function stateOf(
    row: InboxRecord,
    retrying: number,
    held: string | null,
    trouble: string | null,
  ): InboxState {
    if (row.paused) return 'paused'
    if (trouble !== null) return 'not_ready'
    if (held !== null) return 'failing'
    return retrying > 0 && (row.lastErrorAt ?? 0) >= (row.lastDoneAt ?? 0) ? 'failing' : 'running'
  }

  function viewOf(inbox: Inbox, row: InboxRecord, health: ReturnType<Open['log']['health']>): InboxView {
    const { waiting = 0, retrying = 0, dead = 0, doneLately = 0, held = null } = health.get(inbox.name) ?? {}
    const file = ownFile(inbox.name)
    // The worker says what is missing; whether a file may run is known here, too, before it has looked.
    const trouble = file?.refusal ?? (isHeld(inbox) ? heldSentence(inbox) : row.trouble)
    const settings = inbox.settings.safeParse(JSON.parse(row.settings))
    const works = isOn(row, file) ? stateOf(row, retrying, held, trouble) : 'off'
    const unheard =
      works === 'running' && settings.success
        ? inbox.unheard?.({ settings: settings.data, workspace: open().look })
        : undefined
    const state = unheard === undefined ? works : 'not_ready'
    const behind = state === 'off' ? 0 : Math.max(0, workspace.log.position() - row.position)
    const since = behind === 0 ? undefined : (firstHlc.get(row.position) as number | undefined)
    const secrets = open().secrets.names(inbox.name)
    return {
      name: inbox.name,
      title: inbox.title,
      about: inbox.about,
      scope: inbox.scope,
      state,
      stateDetail:
        unheard ?? (state === 'not_ready' ? trouble : state === 'failing' ? (held ?? row.lastError) : null),
      position: row.position,
      lag: {
        events: behind,
        seconds: since === undefined ? 0 : Math.max(0, Math.round((Date.now() - hlcMillis(since)) / 1_000)),
      },
      waiting,
      retrying,
      dead,
      done: row.done,
      throughput: doneLately / 5,
      lastDoneAt: row.lastDoneAt,
      lastError:
        row.lastErrorAt === null
          ? null
          : { at: row.lastErrorAt, target: row.lastErrorTarget ?? '', message: row.lastError ?? '' },
      note:
        row.note === null ||
        row.noteAt === null ||
        (row.noteAt < Date.now() - noteMillis && goneTargets(open().database, inbox.name).length === 0)
          ? null
          : { at: row.noteAt, message: row.note },
      canTest: !inbox.inline && inbox.test !== undefined,
      form: inbox.form,
      settings: (settings.success ? settings.data : JSON.parse(row.settings)) as Record<string, unknown>,
      secrets: secrets.readable,
      unreadableSecrets: secrets.unreadable,
      own: file ? ownView(file) : null,
    }
  }

  const ownView = ({ file, hash, hosts, trusted, refusal }: OwnInboxFile): OwnInboxView => ({
    file,
    hash,
    hosts,
    trusted,
    confined: canConfine(),
    refusal: refusal ?? null,
  })

  function view(name: string): Result<InboxView> {
    const inbox = find(name)
    if (!inbox.ok) return inbox
    const row = inboxRecords(open().database).find((each) => each.name === name)
    if (!row) return refuse('unknown_inbox', `There is no inbox "${name}".`)
    return done(viewOf(inbox.value, row, open().log.health()))
  }

  function update(name: string, change: (database: InboxDatabase) => void): Result<InboxView> {
    const inbox = find(name)
    if (!inbox.ok) return inbox
    change(open().database)
    worker.refresh()
    return view(name)
  }

  function targetName(inbox: DeliveringInbox | undefined, delivery: KeptDelivery): string {
    const { look, book } = open()
    const member = look.member(delivery.target)
    if (member) return member.name
    if (!inbox?.targetName || inbox.inline) return delivery.target
    const row = book.inboxes().find((each) => each.name === inbox.name)
    const settings = inbox.settings.safeParse(row?.settings)
    if (!settings.success) return delivery.target
    const unused = () => {
      throw new Error('a name is looked up without a worker')
    }
    return inbox.targetName(delivery.target, {
      settings: settings.data,
      secret: () => undefined,
      workspace: look,
      host: { execute: unused, notify: unused },
      notices: { add: unused },
      effects: { notice: unused, enqueue: unused },
      now: Date.now,
    })
  }

  function deliveryView(kept: KeptDelivery): DeliveryView {
    const { look } = open()
    const { eventId, streamId, position, ...delivery } = kept
    const event = look.event(eventId)
    const issue = look.issue(streamId)
    return {
      ...delivery,
      targetName: targetName(inboxes().find((each) => each.name === kept.inbox) as DeliveringInbox, kept),
      event: { id: eventId, position, type: event?.type ?? 'unknown' },
      issue: issue.exists ? { id: streamId, key: look.issueKey(streamId), title: issue.title } : null,
    }
  }

  /** What a notice is about: the newest event that its reason names, where later and lesser ones came after it; else the latest. */
  function reasonFor({ streamId, reason }: KeptNotice, latest: RecordedEvent): RecordedEvent {
    if (reason !== 'mentioned' && reason !== 'assigned') return latest
    const { memberId } = workspace.me
    const isMeant = ({ type, data, waiting }: RecordedEvent): boolean => {
      if (waiting) return false
      const { mentions, memberId: assignee } = data as { mentions?: readonly string[]; memberId?: string }
      return reason === 'mentioned'
        ? (mentions?.includes(memberId) ?? false)
        : type === 'assigned' && assignee === memberId
    }
    if (isMeant(latest)) return latest
    const ref = { type: 'issue', id: streamId } as const
    const fromVersion = Math.max(1, workspace.log.streamVersion(ref) - lookedBack)
    return workspace.log.readStream(ref, { fromVersion }).findLast(isMeant) ?? latest
  }

  function noticeView(kept: KeptNotice): NoticeView | undefined {
    const { look } = open()
    const latest = look.event(kept.latestEventId)
    if (!latest) return undefined
    const event = kept.text === null && kept.events > 1 ? reasonFor(kept, latest) : latest
    const issue = event.streamType === 'issue' ? look.issue(kept.streamId) : undefined
    if (issue && !issue.exists) return undefined
    const of = namedThing(workspace, { type: event.streamType, id: kept.streamId }, [event])
    return {
      id: kept.id,
      of,
      issue: issue ? { id: of.id, key: of.name, title: issue.title, status: issue.status } : null,
      reason: kept.reason,
      state: kept.state,
      snoozedUntil: kept.snoozedUntil,
      events: kept.events,
      latest: {
        eventId: event.id,
        type: event.type,
        actorId: event.actorId,
        occurredAt: event === latest ? kept.latestAt : event.occurredAt,
        text: kept.text ?? eventSentence(event, look, noticeTextLength),
      },
    }
  }

  const desk = {
    /** Puts a worker beside the desk. */
    attach(control: WorkerControl): void {
      worker = control
    },
    /** What a worker is told when it starts, and whenever a secret changes. */
    configuration: () => {
      const { secrets } = open()
      return {
        kind: 'configure' as const,
        seat: localIdentity(),
        secrets: { ...secrets.all() },
        unreadable: [...secrets.unreadable()],
        held: shipped.filter(isHeld).map(({ name }) => name),
      }
    },
    unread: () => open().notices.unread(),
    /** What an inbox was told to be; `undefined` for one that nobody has set up. */
    row: (name: string) =>
      open()
        .book.inboxes()
        .find((row) => row.name === name),
    /** A secret as it was entered, where it can be opened here. */
    secret: (name: string, field: string) => open().secrets.get(name, field),
    inboxDatabase: (): InboxDatabase => open().database,
    list(): readonly InboxView[] {
      const all = inboxes()
      const health = open().log.health()
      const known = new Map(inboxRecords(open().database).map((row) => [row.name, row]))
      return all.flatMap((inbox) => {
        const row = known.get(inbox.name)
        return row ? [viewOf(inbox, row, health)] : []
      })
    },
    /** Takes over what is given; nothing of it where anything is wrong. */
    configure({ name, enabled, settings, secrets }: CallRequest<'inboxes.configure'>): Result<InboxView> {
      const inbox = find(name)
      if (!inbox.ok) return inbox
      const { book, database, secrets: sealed } = open()
      const row = book.inboxes().find((each) => each.name === name)
      if (!row) return refuse('unknown_inbox', `There is no inbox "${name}".`)
      const file = ownFile(name)
      const wasOn = isOn(row, file)
      const parsed = inbox.value.settings.safeParse(settings ?? row.settings)
      if (!parsed.success) {
        const [first] = parsed.error.issues
        const path = first?.path.map(String).join('.') ?? ''
        return refuse(
          'invalid_settings',
          `${path || 'The settings'}: ${(first?.message ?? 'not valid').replace(/\.$/, '')}. Nothing was changed.`,
          { path },
        )
      }
      const entailed =
        secrets &&
        inbox.value.onSecrets?.({
          settings: parsed.data,
          secrets,
          current: (field) => sealed.get(name, field),
          now: Date.now(),
        })
      const kept = {
        settings: entailed?.settings ?? parsed.data,
        secrets: entailed?.secrets ?? secrets ?? {},
      }
      try {
        inStoreTransaction(database, () => {
          configureInbox(database, name, {
            settings: kept.settings,
            enabled,
            // An inbox that is switched on begins now: what happened while it was off is not its business.
            position: enabled && !wasOn ? workspace.log.position() : undefined,
          })
          for (const [field, value] of Object.entries(kept.secrets)) sealed.put(name, field, value)
          switchedOnAgain(name, kept.settings)
          if (file && enabled !== undefined) changeTrust(ownPlace(), name, { on: enabled })
          if (enabled !== false && isHeld(inbox.value)) {
            sendsFromHere(ownPlace(), name)
            // What the worker said of it while it was held.
            clearTrouble(database, name)
          }
        })
      } catch (error) {
        if (!secrets) throw error
        return refuse(
          'secrets_unavailable',
          `The secret can not be kept safely on this machine (${(error as Error).message}). Nothing was changed.`,
        )
      }
      worker.refresh()
      return view(name)
    },
    pause: (name: string) => update(name, (database) => setPaused(database, name, true)),
    resume: (name: string) => update(name, (database) => setPaused(database, name, false)),
    backfill(name: string, since: number): Result<InboxView> {
      const position = workspace.database.client
        .prepare('SELECT coalesce(min(position), 0) - 1 FROM events WHERE hlc >= ?')
        .pluck()
        .get(Math.floor(since) * 1_024) as number
      return update(name, (database) =>
        rewindInbox(database, name, position < 0 ? workspace.log.position() : position),
      )
    },
    async test(name: string, target: string | undefined): Promise<Result<{ ok: boolean; detail: string }>> {
      const inbox = find(name)
      if (!inbox.ok) return inbox
      return done(await worker.test(name, target))
    },
    /**
     * Trusts a user inbox's file with that content, or no longer.
     * @param unconfined whether the person agreed that it runs where Docket can't confine it.
     */
    trust(name: string, hash: string, trusted: boolean, unconfined = false): Result<InboxView> {
      const own = ownFile(name)
      if (!own) return refuse('unknown_inbox', `There is no inbox "${name}" in the workspace’s folder.`)
      if (trusted && own.hash !== hash)
        return refuse(
          'concurrency',
          `${own.file} was changed since you looked at it. Look again, then trust it.`,
          { hash: own.hash },
        )
      changeTrust(
        ownPlace(),
        name,
        trusted ? { hash, at: Date.now(), unconfined } : { hash: null, unconfined: false },
      )
      const { database } = open()
      forgetFormerTrust(database, name)
      clearTrouble(database, name)
      worker.refresh()
      return view(name)
    },
    /** A user inbox's file as it is now. */
    own(name: string): OwnInboxView | undefined {
      const file = ownFile(name)
      return file && ownView(file)
    },
    restart: () => worker.restart(),
    deliveries(request: CallRequest<'deliveries.list'>) {
      const { rows: kept, next } = open().log.list(request)
      return { rows: kept.map(deliveryView), next }
    },
    replay(which: CallRequest<'deliveries.replay'>): { count: number } {
      const count = open().log.replay(which)
      if (count > 0) worker.refresh()
      return { count }
    },
    discard(which: CallRequest<'deliveries.discard'>): { count: number } {
      const count = open().log.discard(which)
      if (count > 0) worker.refresh()
      return { count }
    },
    plot: (request: CallRequest<'deliveries.plot'>) => open().log.plot(request),
    notices({ show, limit, before }: CallRequest<'notices.list'>) {
      const kept = open().notices.list(show, limit, before)
      return {
        rows: kept.flatMap((notice) => noticeView(notice) ?? []),
        next: kept.length === limit ? (kept.at(-1)?.latestPosition ?? null) : null,
        unread: desk.unread(),
      }
    },
    mark({ ids, as }: CallRequest<'notices.mark'>) {
      open().notices.setState(ids, as)
      return { unread: desk.unread() }
    },
    read(issueId: string) {
      const changed = open().notices.read(issueId)
      return { changed, unread: desk.unread() }
    },
    snooze({ ids, until }: CallRequest<'notices.snooze'>) {
      open().notices.snooze(ids, until)
      return { unread: desk.unread() }
    },
    close(): void {
      opened?.database.client.close()
      opened = undefined
    },
  }
  return desk
}
