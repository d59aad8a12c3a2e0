import { z } from 'zod'
import { delivered, type InlineInbox, skip } from '../../contract/inbox.ts'
import { noticeReason } from '../../shared/recipients.ts'

const inAppSettings = z.object({})

/** Keeps what others did, where it concerns whoever sits here, as a list in the window. */
export const inAppInbox: InlineInbox<z.infer<typeof inAppSettings>> = {
  name: 'in-app',
  title: 'Inbox',
  about:
    'Keeps what others did on issues that you are subscribed to, assigned to or mentioned in, and what took the effect from a change of yours.',
  scope: 'all',
  onByDefault: true,
  inline: true,
  settings: inAppSettings,
  form: [],
  shouldProcess: (event, { workspace }) => noticeReason(event, workspace) !== null,
  handle(event, { workspace, notices }) {
    const reason = noticeReason(event, workspace)
    if (!reason) return skip('It concerns others.')
    const { streamId, id: eventId, position, occurredAt } = event
    notices.add({ streamId, eventId, position, reason, occurredAt })
    return delivered()
  },
}
