import type { CallInput } from '#contract/calls.ts'
import type { FieldValue, IssueField } from '#core/issue/fields/fields.ts'

/** The command that sets a field. */
export const settingOf = (
  { command: { name, property } }: IssueField,
  issueId: string,
  value: FieldValue,
): CallInput<'commands.execute'>['command'] =>
  ({ type: name, issueId, [property]: value }) as CallInput<'commands.execute'>['command']
