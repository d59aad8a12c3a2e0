import type { OwnInboxView } from '#contract/answers/inbox-answers.ts'
import { done, refuse } from '#core/values/refusal.ts'
import type { InboxService } from '../inboxes/inbox-service.ts'
import type { CallHandlers } from './handler-types.ts'

type InboxCall = Extract<keyof CallHandlers, `${'inboxes' | 'deliveries' | 'notices'}.${string}`>

/**
 * Asks the person outside of the window whether a file of theirs may run, so that a page alone can't have code run.
 * @returns whether it may.
 */
export type ConfirmTrust = (own: OwnInboxView) => Promise<boolean>

/** What the calls about inboxes do. @param onNotices called with the count of unread ones after a person changed some. */
export function inboxHandlers(
  desk: InboxService,
  onNotices: (unread: number) => void,
  confirmTrust: ConfirmTrust | undefined,
): Pick<CallHandlers, InboxCall> {
  const told = <T extends { unread: number }>(result: T) => {
    onNotices(result.unread)
    return done(result)
  }
  return {
    'inboxes.list': async () => done(desk.list()),
    'inboxes.configure': async (request) => desk.configure(request),
    'inboxes.test': async ({ name, target }) => desk.test(name, target),
    'inboxes.pause': async ({ name }) => desk.pause(name),
    'inboxes.resume': async ({ name }) => desk.resume(name),
    'inboxes.backfill': async ({ name, since }) => desk.backfill(name, since),
    'inboxes.trust': async ({ name, hash, trusted }) => {
      const own = desk.own(name)
      if (!trusted || own?.hash !== hash) return desk.trust(name, hash, trusted)
      if (!confirmTrust)
        return refuse(
          'not_confirmed',
          `A page can not have a file run: trust it in a terminal of this computer, with: docket inbox trust ${own.file}`,
        )
      if (!(await confirmTrust(own))) return refuse('cancelled', 'Nothing was trusted.')
      return desk.trust(name, hash, true, !own.confined)
    },
    'inboxes.restart': async () => {
      desk.restart()
      return done(null)
    },
    'deliveries.list': async (request) => done(desk.deliveries(request)),
    'deliveries.replay': async (which) => done(desk.replay(which)),
    'deliveries.discard': async (which) => done(desk.discard(which)),
    'deliveries.plot': async (request) => done(desk.plot(request)),
    'notices.list': async (request) => done(desk.notices(request)),
    'notices.mark': async (request) => told(desk.mark(request)),
    'notices.read': async ({ issueId }) => {
      const { changed, unread } = desk.read(issueId)
      // Windows answer what is told with this very call: silence where nothing changed ends that.
      return changed ? told({ unread }) : done({ unread })
    },
    'notices.snooze': async (request) => told(desk.snooze(request)),
  }
}
