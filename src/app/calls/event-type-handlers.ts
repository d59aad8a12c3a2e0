import type { EventTypeView } from '#contract/answers/answers.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import type { IssueId } from '#core/values/ids.ts'
import { done, refuse } from '#core/values/refusal.ts'
import { registeredTypes } from '#db/log/read/registered-types.ts'
import { eventTypeIdOf } from '#db/projections/entities/event-type-projection.ts'
import { retryWhileBusy } from '../commands/retry-while-busy.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { CallHandlers } from './handler-types.ts'

/** The types of events of a workspace's own, by name. */
export const listEventTypes = ({ database }: Pick<Workspace, 'database'>): readonly EventTypeView[] =>
  [...registeredTypes(database)().values()]
    .map((type) => ({ ...type, id: eventTypeIdOf(type.name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

/** What the calls about the workspace's own types of events do. */
export function eventTypeHandlers(
  workspace: Workspace,
  onRecorded: (recorded: readonly RecordedEvent[]) => void,
): Pick<CallHandlers, 'eventTypes.list' | 'events.record'> {
  return {
    async 'eventTypes.list'() {
      return done(listEventTypes(workspace))
    },
    async 'events.record'({ key, type: eventType, data, throttle }) {
      const issueId = workspace.findIssue(key)
      if (issueId === undefined) return refuse('unknown_issue', `There is no issue ${key}.`)
      const executed = await retryWhileBusy(() =>
        workspace.commands.execute({
          type: 'record',
          issueId: issueId as IssueId,
          eventType,
          data,
          ...(throttle === undefined ? {} : { throttle }),
        }),
      )
      if (!executed.ok) return executed
      onRecorded(executed.value.recorded)
      return done({ issueId, key: executed.value.key ?? key, position: executed.value.position })
    },
  }
}
