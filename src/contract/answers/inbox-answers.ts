import type { ConflictView } from './sync-answers.ts'

/** How one setting of an inbox is asked for. Labels and help are what a person reads. */
export type InboxField =
  | {
      readonly kind: 'text' | 'url' | 'email' | 'query' | 'time' | 'multiline'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly placeholder?: string
      readonly optional?: boolean
    }
  | {
      readonly kind: 'number'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly min: number
      readonly max: number
      readonly unit?: string
    }
  | { readonly kind: 'switch'; readonly name: string; readonly label: string; readonly help?: string }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly options: readonly { readonly value: string; readonly label: string }[]
    }
  /** Several texts (event types, host names). */
  | {
      readonly kind: 'texts'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly placeholder?: string
      readonly suggestions?: readonly string[]
    }
  /** Kept sealed, apart from the settings; the window may set it and is never told it. */
  | {
      readonly kind: 'secret'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly optional?: boolean
      /** Offers to make one up: `whsec_` and 32 random bytes in base64. */
      readonly generate?: boolean
    }
  /** A list of things with fields of their own; each has an `id` and a `name`. Secrets of an item are called `FIELD:ID`. */
  | {
      readonly kind: 'items'
      readonly name: string
      readonly label: string
      readonly item: string
      readonly help?: string
      readonly fields: readonly Exclude<InboxField, { kind: 'items' }>[]
      /** Whether each can be tested by itself. */
      readonly testable?: boolean
    }

/** A notification as the system shows it. */
export type Notification = {
  /** Showing another with the same tag replaces it. */
  readonly tag: string
  readonly title: string
  readonly body: string
  /** Where a click leads: a path of the window, `/issue/DOC-42` or `/inbox`. */
  readonly to: string
}

export type InboxState = 'off' | 'running' | 'paused' | 'not_ready' | 'failing'

/** A file that a person put into the workspace's folder as an inbox. */
export type OwnInboxView = {
  /** Its name in the workspace's `inboxes/`. */
  readonly file: string
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string
  /** Hosts that it says it talks to. */
  readonly hosts: readonly string[]
  /** Whether these very bytes are trusted, in this folder, on this computer. */
  readonly trusted: boolean
  /** Whether this host keeps it to its own folder. */
  readonly confined: boolean
  /** Why it does not run, as a sentence. */
  readonly refusal: string | null
}

/** An inbox with its health. Times in milliseconds since 1970. */
export type InboxView = {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly scope: 'own' | 'others' | 'all'
  readonly state: InboxState
  /** Why it is not running, as a sentence. */
  readonly stateDetail: string | null
  readonly position: number
  readonly lag: { readonly events: number; readonly seconds: number }
  readonly waiting: number
  readonly retrying: number
  readonly dead: number
  readonly done: number
  /** Deliveries a minute over the last five minutes. */
  readonly throughput: number
  readonly lastDoneAt: number | null
  readonly lastError: { readonly at: number; readonly target: string; readonly message: string } | null
  /** What a person should know of it though it works; shown for a week. */
  readonly note: { readonly at: number; readonly message: string } | null
  readonly canTest: boolean
  readonly form: readonly InboxField[]
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the secrets that are there and can be read here. */
  readonly secrets: readonly string[]
  /** Names of those that are there and can't be read here: another host sealed them. */
  readonly unreadableSecrets: readonly string[]
  /** Of a file of the person's own; `null` for an inbox that Docket ships. */
  readonly own: OwnInboxView | null
}

export const deliveryStates = ['waiting', 'done', 'skipped', 'dead', 'discarded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export type DeliveryAttempt = {
  readonly number: number
  readonly at: number
  readonly millis: number
  readonly outcome: 'done' | 'retry' | 'give_up' | 'skip'
  readonly detail: string
}

/** One line of a delivery log. */
export type DeliveryView = {
  readonly id: number
  readonly inbox: string
  readonly target: string
  readonly targetName: string
  readonly key: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly createdAt: number
  readonly endedAt: number | null
  /** When it is tried next, where it waits. */
  readonly due: number | null
  readonly detail: string | null
  readonly event: { readonly id: string; readonly position: number; readonly type: string }
  readonly issue: { readonly id: string; readonly key: string; readonly title: string } | null
  /** Every attempt that did not work, and the last one; oldest first. */
  readonly log: readonly DeliveryAttempt[]
}

export type DeliveryPage = { readonly rows: readonly DeliveryView[]; readonly next: number | null }

/** Deliveries over time: equal buckets from `from`. */
export type DeliveryPlotView = {
  readonly from: number
  readonly bucketMillis: number
  readonly buckets: readonly { readonly done: number; readonly failed: number; readonly dead: number }[]
}

export const noticeReasons = ['mentioned', 'assigned', 'subscribed', 'rule', 'superseded'] as const
export type NoticeReason = (typeof noticeReasons)[number]

/** A line of the in-app inbox: everything new on one issue since it was last read, or what took the effect from a change of something else. */
export type NoticeView = {
  readonly id: number
  /** What it is of; an issue is called by its key, anything else by its name. */
  readonly of: ConflictView['of']
  /** The issue; `null` where it is of something else. */
  readonly issue: {
    readonly id: string
    readonly key: string
    readonly title: string
    readonly status: string
  } | null
  /** The strongest reason of the unread events. */
  readonly reason: NoticeReason
  readonly state: 'unread' | 'read' | 'done'
  /** Hidden until then, where it was put off. */
  readonly snoozedUntil: number | null
  /** How many events it stands for. */
  readonly events: number
  /** The newest of them. */
  readonly latest: {
    readonly eventId: string
    readonly type: string
    readonly actorId: string
    readonly occurredAt: number
    /** A plain sentence: "Ada commented: …". */
    readonly text: string
  }
}

export type NoticePage = {
  readonly rows: readonly NoticeView[]
  readonly next: number | null
  readonly unread: number
}
