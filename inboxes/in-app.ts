import { z } from 'zod'
import { delivered, type InlineInbox, skip } from './inbox.ts'
import { reasonForMe } from './who-is-told.ts'

const inAppSettings = z.object({})

/** Keeps what others did, where it concerns whoever sits here, as a list in the window. */
export const inAppInbox: InlineInbox<z.infer<typeof inAppSettings>> = {
  name: 'in-app',
  title: 'Inbox',
  about: 'Keeps what others did on issues that you are subscribed to, assigned to or mentioned in.',
  scope: 'all',
  onByDefault: true,
  inline: true,
  settings: inAppSettings,
  form: [],
  shouldProcess: (event, { workspace }) => reasonForMe(event, workspace) !== null,
  handle(event, { workspace, notices }) {
    const reason = reasonForMe(event, workspace)
    if (!reason) return skip('It concerns others.')
    const { streamId: issueId, id: eventId, position, occurredAt } = event
    notices.add({ issueId, eventId, position, reason, occurredAt })
    return delivered()
  },
}
