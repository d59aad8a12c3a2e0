import { z } from 'zod'
import { conflictCommand } from './conflicts/conflict-command.ts'
import { entityCommand } from './entities/entity-commands.ts'
import { type IssueCommand, issueCommands } from './issue/issue-commands.ts'
import { ruleCommand } from './rules/rule-commands.ts'
import { timesCommand } from './time/times-command.ts'

/** Every command there is, told apart by `type`. */
export const command = z.discriminatedUnion('type', [
  ...issueCommands,
  entityCommand,
  timesCommand,
  ruleCommand,
  conflictCommand,
])
export type Command = z.infer<typeof command>

/** Whether a command is about an issue. */
export const isOfIssue = (wanted: Command): wanted is IssueCommand =>
  'issueId' in wanted && wanted.issueId !== undefined
