import { brokerInbox } from './builtin/broker/broker.ts'
import { discordInbox } from './builtin/discord/discord.ts'
import { emailInbox } from './builtin/email/email.ts'
import { mirror } from './builtin/mirror/mirror.ts'
import { inAppInbox } from './builtin/notifications/in-app.ts'
import { notificationsInbox } from './builtin/notifications/notifications.ts'
import { automationInbox } from './builtin/rules/automation.ts'
import { slack } from './builtin/slack/slack.ts'
import { webhooks } from './builtin/webhooks/webhooks.ts'
import type { Inbox } from './contract/inbox.ts'
import { syncInbox } from './sync/sync-inbox.ts'

/** Every inbox that Docket ships; adding one means adding its file and its line here. */
export const shippedInboxes: readonly Inbox[] = [
  inAppInbox,
  notificationsInbox,
  automationInbox(),
  emailInbox,
  slack,
  discordInbox(),
  webhooks,
  brokerInbox(),
  mirror,
  syncInbox,
]
