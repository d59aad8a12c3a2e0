import { z } from 'zod'
import { conflictCommand } from './conflicts/conflict-command.ts'
import { entityCommand } from './entities/entity-commands.ts'
import { eventTypeCommand, recordCommand } from './event-types/event-type-commands.ts'
import { type IssueCommand, issueCommands } from './issue/issue-commands.ts'
import { ruleCommand } from './rules/rule-commands.ts'
import { timesCommand } from './time/times-command.ts'

/** Every command there is, told apart by `type`. */
export const command = z.discriminatedUnion('type', [
  ...issueCommands,
  entityCommand,
  timesCommand,
  ruleCommand,
  eventTypeCommand,
  recordCommand,
  conflictCommand,
])
export type Command = z.infer<typeof command>

/** Whether a command is a change of an issue; what is recorded on one changes nothing of it. */
export const isOfIssue = (wanted: Command): wanted is IssueCommand =>
  wanted.type !== 'record' && 'issueId' in wanted && wanted.issueId !== undefined
