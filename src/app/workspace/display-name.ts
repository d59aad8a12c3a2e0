import type { ConflictedType } from '#contract/answers/sync-answers.ts'
import { isListedType, listedEntity } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { Workspace } from './workspace.ts'

type Thing = { readonly type: ConflictedType; readonly id: string; readonly name: string }

/**
 * What people call what a stream is of: an issue by its key, anything else by its name. @param said events of the stream: a rule that is gone has the
 * name that they say.
 */
export function namedThing(
  workspace: Workspace,
  { type, id }: { readonly type: string; readonly id: string },
  said: readonly RecordedEvent[],
): Thing {
  const { entities, log, commands } = workspace
  if (isListedType(type)) return { type, id, name: entities.nameOf(type, id) ?? listedEntity(type).stranger }
  switch (type) {
    case 'issue':
      return { type, id, name: issueKey(workspace.name().keyPrefix, log.issue(id)) }
    case 'rule': {
      const names = said.map(
        ({ data }) => data as { name?: string; to?: { name: string }; rule?: { name: string } },
      )
      const was = names.map(({ name, to, rule }) => name ?? to?.name ?? rule?.name).find(Boolean)
      return { type, id, name: commands.ruleContext().rules.get(id)?.rule.name ?? was ?? 'a rule' }
    }
    case 'event_type': {
      const names = said.map(({ data }) => (data as { name?: string }).name)
      return { type, id, name: names.find(Boolean) ?? 'a type of event' }
    }
    default:
      return { type: 'workspace', id, name: workspace.name().name }
  }
}
