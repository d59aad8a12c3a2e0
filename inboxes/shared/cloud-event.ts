import { eventRegistry } from '#core/event-registry.ts'
import type { AnyStreamType, RecordedEvent } from '#core/events/event.ts'
import { type FieldValues, namedFieldValues } from '#core/issue/fields/fields.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { utf8Length } from '#core/text/text.ts'
import { isoInstant } from '#core/time/instant.ts'
import { categoryOf, type StateCategory } from '#core/workflow/workflow.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import { cutAtWord } from './cut-text.ts'

/** How a CloudEvent in structured mode is announced. */
export const cloudEventType = 'application/cloudevents+json'
/** The most bytes that a CloudEvent may have where nothing else is said: 256 KiB. */
export const largestCloudEvent = 262_144

export type EventPerson = { readonly id: string; readonly name: string; readonly handle: string }

/** An issue right after an event. Labels and the project are names; times are ISO 8601 in UTC. */
export type EventIssue = FieldValues & {
  readonly id: string
  readonly key: string
  readonly externalKey: string | null
  readonly status: string
  readonly statusName: string
  readonly statusCategory: StateCategory
  readonly assignees: readonly EventPerson[]
  readonly labels: readonly string[]
  readonly archived: boolean
  readonly url: string
}

type CloudEvent<Type extends string, Data> = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: Type
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: Data
}

/** An event of the log as a CloudEvent 1.0. */
export type DocketCloudEvent = CloudEvent<
  `docket.${AnyStreamType}.${string}`,
  {
    readonly event: {
      readonly id: string
      readonly type: string
      /** The version that `data` has. */
      readonly schemaVersion: number
      readonly streamType: AnyStreamType
      readonly streamId: string
      readonly version: number
      readonly occurredAt: string
      readonly triggeredBy: string
      readonly causationId?: string
      readonly erased?: true
      readonly data: unknown
    }
    /** `null` where the event is not about an issue. */
    readonly issue: EventIssue | null
    readonly actor: EventPerson
    /** There where long texts were cut, or all of `event.data` left out, to keep to the limit. */
    readonly truncated?: true
  }
> & { readonly subject?: string; readonly replicaid: string; readonly replicaseq: number }

/** What the "Test" button sends. */
export type TestCloudEvent = CloudEvent<
  'docket.test',
  { readonly message: string; readonly workspace: string }
>

const registry = eventRegistry()
const sourceOf = (workspace: WorkspaceReader) => `urn:docket:workspace:${workspace.workspace().id}`

/** A member as others may know them: never with an e-mail address. */
export function personOf(workspace: WorkspaceReader, id: string): EventPerson {
  const member = workspace.entity('member', id)
  return { id, name: member?.name ?? 'Someone', handle: member?.handle ?? '' }
}

/** The address that opens an issue in Docket. */
export const issueLink = (key: string): string => `docket://issue/${key}`

/** An issue in words that mean something outside: names beside ids, no descriptions and comments. */
export function eventIssue(issue: IssueState, workspace: WorkspaceReader): EventIssue {
  const workflow = workspace.workflow()
  const key = workspace.issueKey(issue.id)
  return {
    id: issue.id,
    key,
    externalKey: issue.externalKey,
    ...namedFieldValues(issue, (to, id) => workspace.entity(to, id)?.name ?? id),
    status: issue.status,
    statusName: workflow.states.find((state) => state.id === issue.status)?.name ?? issue.status,
    statusCategory: categoryOf(workflow, issue.status),
    assignees: issue.assignees.map((id) => personOf(workspace, id)),
    labels: issue.labels.map((id) => workspace.entity('label', id)?.name ?? id),
    archived: issue.archived,
    url: issueLink(key),
  }
}

/** A JSON value without e-mail addresses, its texts cut to `longest` characters. */
function portable(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cutAtWord(value, longest)
  if (Array.isArray(value)) return value.map((each) => portable(each, longest))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'email')
      .map(([name, each]) => [name, portable(each, longest)]),
  )
}

/**
 * An event as a CloudEvent, with the issue as it was right after. E-mail addresses are left out.
 * @param largest the most bytes that it may have as JSON; above that the longest texts of `data.event.data` are cut.
 */
export function cloudEvent(
  event: RecordedEvent,
  workspace: WorkspaceReader,
  largest = largestCloudEvent,
): DocketCloudEvent {
  const issue = event.streamType === 'issue' ? eventIssue(workspace.issueAfter(event), workspace) : null
  const time = isoInstant(event.occurredAt)
  const { triggeredBy, causationId } = event.metadata
  const withData = (data: unknown, truncated: boolean): DocketCloudEvent => ({
    specversion: '1.0',
    id: event.id,
    source: sourceOf(workspace),
    type: `docket.${event.streamType}.${event.type}`,
    ...(issue ? { subject: issue.key } : {}),
    time,
    datacontenttype: 'application/json',
    replicaid: event.replicaId,
    replicaseq: event.replicaSeq,
    data: {
      event: {
        id: event.id,
        type: event.type,
        schemaVersion: Math.max(event.schemaVersion, registry.find(event.type)?.version ?? 0),
        streamType: event.streamType,
        streamId: event.streamId,
        version: event.streamVersion,
        occurredAt: time,
        triggeredBy,
        ...(causationId === undefined ? {} : { causationId }),
        ...(event.waiting === 'unreadable' ? { erased: true } : {}),
        data,
      },
      issue,
      actor: personOf(workspace, event.actorId),
      ...(truncated ? { truncated: true } : {}),
    },
  })
  const fits = (candidate: DocketCloudEvent) => utf8Length(JSON.stringify(candidate)) <= largest
  const whole = withData(portable(event.data, Number.MAX_SAFE_INTEGER), false)
  if (fits(whole)) return whole
  for (let longest = largest; longest >= 64; longest = Math.floor(longest / 2)) {
    const cut = withData(portable(event.data, longest), true)
    if (fits(cut)) return cut
  }
  return withData({}, true)
}

/** What is sent to try an endpoint out. @param at milliseconds since 1970. */
export function testCloudEvent(workspace: WorkspaceReader, id: string, at: number): TestCloudEvent {
  return {
    specversion: '1.0',
    id,
    source: sourceOf(workspace),
    type: 'docket.test',
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { message: 'A test from Docket: this address works.', workspace: workspace.workspace().name },
  }
}
