import type { InboxView, OwnInboxView } from '#contract/answers/inbox-answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { done, type Result } from '#core/values/refusal.ts'
import type { Inbox } from '#inboxes/contract/inbox.ts'
import { setPaused } from '#inboxes/store/inbox-rows.ts'
import type { InboxDatabase } from '#inboxes/store/open-store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { applyInboxSettings } from './apply-inbox-settings.ts'
import { changeInbox, rewindInboxToTime, trustOwnInbox } from './change-inbox.ts'
import { deliveryView } from './delivery-view.ts'
import { awaitsConsent, findInbox, findOwnFile } from './find-inbox.ts'
import {
  closeInboxStore,
  inboxServiceContext,
  localIdentity,
  openInboxStore,
  type WorkerControl,
} from './inbox-service-context.ts'
import { inboxViews, ownInboxView } from './inbox-view.ts'
import { noticeView } from './notice-view.ts'
import type { Sealer } from './secret-cipher.ts'

/** Inboxes as a person sees and sets them: settings, health, deliveries, the in-app inbox. Works with or without a worker beside it. */
export type InboxService = ReturnType<typeof inboxService>

/** Builds the context and binds the operations to it. */
export function inboxService(workspace: Workspace, shipped: readonly Inbox[], sealer: Sealer) {
  const context = inboxServiceContext(workspace, shipped, sealer)
  const open = () => openInboxStore(context)
  const unread = () => open().notices.unread()
  return {
    /** Attaches a worker to the service. */
    attach(control: WorkerControl): void {
      context.worker = control
    },
    /** What a worker is told when it starts, and whenever a secret changes. */
    configuration: () => {
      const { secrets } = open()
      return {
        kind: 'configure' as const,
        identity: localIdentity(context),
        secrets: { ...secrets.all() },
        unreadable: [...secrets.unreadable()],
        held: shipped.filter((inbox) => awaitsConsent(context, inbox)).map(({ name }) => name),
      }
    },
    unread,
    /** What an inbox was told to be; `undefined` for one that nobody has set up. */
    row: (name: string) =>
      open()
        .deliveries.inboxes()
        .find((row) => row.name === name),
    /** A secret as it was entered, where it can be opened here. */
    secret: (name: string, field: string) => open().secrets.get(name, field),
    inboxDatabase: (): InboxDatabase => open().database,
    list: (): readonly InboxView[] => inboxViews(context),
    /** Takes over what is given; nothing of it where anything is wrong. */
    configure: (request: CallRequest<'inboxes.configure'>): Result<InboxView> =>
      applyInboxSettings(context, request),
    pause: (name: string) => changeInbox(context, name, (database) => setPaused(database, name, true)),
    resume: (name: string) => changeInbox(context, name, (database) => setPaused(database, name, false)),
    backfill: (name: string, since: number): Result<InboxView> => rewindInboxToTime(context, name, since),
    async test(name: string, target: string | undefined): Promise<Result<{ ok: boolean; detail: string }>> {
      const inbox = findInbox(context, name)
      if (!inbox.ok) return inbox
      return done(await context.worker.test(name, target))
    },
    trust: (name: string, hash: string, trusted: boolean, unconfined = false): Result<InboxView> =>
      trustOwnInbox(context, name, hash, trusted, unconfined),
    /** A user inbox's file as it is now. */
    own(name: string): OwnInboxView | undefined {
      const file = findOwnFile(context, name)
      return file && ownInboxView(file)
    },
    restart: () => context.worker.restart(),
    deliveries(request: CallRequest<'deliveries.list'>) {
      const { rows: kept, next } = open().deliveryLog.list(request)
      return { rows: kept.map((each) => deliveryView(context, each)), next }
    },
    replay(which: CallRequest<'deliveries.replay'>): { count: number } {
      const count = open().deliveryLog.replay(which)
      if (count > 0) context.worker.refresh()
      return { count }
    },
    discard(which: CallRequest<'deliveries.discard'>): { count: number } {
      const count = open().deliveryLog.discard(which)
      if (count > 0) context.worker.refresh()
      return { count }
    },
    plot: (request: CallRequest<'deliveries.plot'>) => open().deliveryLog.plot(request),
    notices({ show, limit, before }: CallRequest<'notices.list'>) {
      const kept = open().notices.list(show, limit, before)
      return {
        rows: kept.flatMap((notice) => noticeView(context, notice) ?? []),
        next: kept.length === limit ? (kept.at(-1)?.latestPosition ?? null) : null,
        unread: unread(),
      }
    },
    mark({ ids, as }: CallRequest<'notices.mark'>) {
      open().notices.setState(ids, as)
      return { unread: unread() }
    },
    read(issueId: string) {
      const changed = open().notices.read(issueId)
      return { changed, unread: unread() }
    },
    snooze({ ids, until }: CallRequest<'notices.snooze'>) {
      open().notices.snooze(ids, until)
      return { unread: unread() }
    },
    close: (): void => closeInboxStore(context),
  }
}
