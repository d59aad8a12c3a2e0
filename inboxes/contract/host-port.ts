import type { Notification } from '#contract/answers/inbox-answers.ts'
import type { Command } from '#core/commands.ts'
import type { EventMetadata } from '#core/events/event.ts'
import type { Result } from '#core/values/refusal.ts'

/** What an automated command is recorded with. */
export type AutomatedCommand = {
  readonly command: Command
  /** Who it is done for; the member who sits at this replica where absent. */
  readonly actorId?: string
  /** `triggeredBy: 'automation'`, the causing event and the rule. */
  readonly metadata: EventMetadata
  /** Ids for the events that the command records, in order, each used once: the same command again records nothing. */
  readonly eventIds: readonly string[]
}

/** What a worker may ask of its host. Everything else it has to do by itself. */
export type HostPort = {
  /** Has a command decided and recorded. @returns what was recorded, or the refusal. Rejects where the host does not answer in time. */
  execute(command: AutomatedCommand): Promise<Result<{ readonly events: number; readonly position: number }>>
  /** Shows a notification. @returns false where there is nowhere to show it. */
  notify(notification: Notification): Promise<boolean>
}
