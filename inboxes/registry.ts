import { automationInbox } from './automation.ts'
import { brokerInbox } from './broker.ts'
import { emailInbox } from './email.ts'
import { inAppInbox } from './in-app.ts'
import type { Inbox } from './inbox.ts'
import { mirror } from './mirror.ts'
import { notificationsInbox } from './notifications.ts'
import { slack } from './slack.ts'
import { syncInbox } from './sync.ts'
import { webhooks } from './webhooks.ts'

/** Every inbox that Docket ships; adding one means adding its file and its line here. */
export const inboxes: readonly Inbox[] = [
  inAppInbox,
  notificationsInbox,
  automationInbox(),
  emailInbox,
  slack,
  webhooks,
  brokerInbox(),
  mirror,
  syncInbox,
]
