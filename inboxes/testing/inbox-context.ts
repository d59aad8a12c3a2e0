import type { Notification } from '#contract/answers/inbox-answers.ts'
import { done } from '#core/values/refusal.ts'
import type { AutomatedCommand, HostPort } from '../contract/host-port.ts'
import type { DeliveryContext, Inbox, InboxEffects } from '../contract/inbox.ts'
import type { NewDelivery } from '../contract/new-delivery.ts'
import type { Notice, NoticeBook } from '../contract/notice-book.ts'
import { type DescribedWorkspace, describedWorkspace } from './described-workspace.ts'

/** A host that keeps what it was asked for and agrees to everything. */
export type RecordingHost = HostPort & {
  readonly commands: AutomatedCommand[]
  readonly notifications: Notification[]
}

export function recordingHost(): RecordingHost {
  const commands: AutomatedCommand[] = []
  const notifications: Notification[] = []
  return {
    commands,
    notifications,
    execute(command) {
      commands.push(command)
      return Promise.resolve(done({ events: 1, position: commands.length }))
    },
    notify(notification) {
      notifications.push(notification)
      return Promise.resolve(true)
    },
  }
}

/** Keeps what an inbox left to others. */
export type RecordingHand = InboxEffects & { readonly left: Notice[]; readonly enqueued: NewDelivery[] }

export function recordingHand(): RecordingHand {
  const left: Notice[] = []
  const enqueued: NewDelivery[] = []
  return {
    left,
    enqueued,
    notice: (notice) => void left.push(notice),
    enqueue: (delivery) => void enqueued.push(delivery),
  }
}

type Given = {
  /** As the settings page would hand them over; parsed with the inbox's own schema. */
  readonly settings?: unknown
  readonly secrets?: Readonly<Record<string, string>>
  readonly workspace?: DescribedWorkspace
  readonly host?: HostPort
  readonly notices?: NoticeBook
  readonly hand?: InboxEffects
  readonly signal?: AbortSignal
  readonly now?: () => number
}

/** What an inbox is called with, without a runner. @throws ZodError where the settings are not fit for the inbox. */
export function contextFor<Settings>(
  inbox: Pick<Inbox<Settings>, 'settings'>,
  given: Given = {},
): DeliveryContext<Settings> {
  return {
    settings: inbox.settings.parse(given.settings ?? {}),
    secret: (name) => given.secrets?.[name],
    workspace: describedWorkspace(given.workspace),
    host: given.host ?? recordingHost(),
    notices: given.notices ?? { add() {} },
    effects: given.hand ?? recordingHand(),
    now: given.now ?? Date.now,
    signal: given.signal ?? new AbortController().signal,
  }
}
