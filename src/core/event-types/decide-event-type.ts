import { isPastTense } from '../events/past-tense.ts'
import { isShipped } from '../events/shipped-facts.ts'
import type { IssueState } from '../issue/issue-state.ts'
import { line } from '../text/text.ts'
import { done, type Result, refuse } from '../values/refusal.ts'
import { sameJson } from '../values/same-json.ts'
import type { EventTypeCommand, RecordCommand } from './event-type-commands.ts'
import { type DataSchema, dataMistake, dataSchema, extensionOf, schemaMistake } from './event-type-schema.ts'
import type { RegisteredType, RegisteredTypes } from './registered-type.ts'
import type { RegistrationChange } from './registration-events.ts'
import { hasStrayBrace, namedIn } from './sentence-template.ts'
import { whatFitsNothing } from './what-fits-nothing.ts'

/** Types of events that a workspace may have of its own, retired ones with them. */
export const mostEventTypes = 200

type Decision = Result<readonly RegistrationChange[]>

/** What can't be the name of a type of somebody's own. */
function refuseName(name: string): ReturnType<typeof refuse> | undefined {
  if (isShipped(name))
    return refuse('name_taken', `"${name}" is a type of Docket's own. Choose another name.`)
  if (isPastTense(name)) return undefined
  return refuse(
    'invalid_event_type',
    `"${name.slice(0, 100)}" does not say what happened: a name is snake_case and ends in the past tense, like deal_won or invoice_paid, in at most 60 characters.`,
  )
}

const invalidSentence = (why: string): ReturnType<typeof refuse> =>
  refuse('invalid_event_sentence', `The sentence ${why}.`)

function refuseSentence(sentence: string, { properties }: DataSchema): ReturnType<typeof refuse> | undefined {
  const parsed = line.safeParse(sentence)
  if (!parsed.success) return invalidSentence(parsed.error.issues[0]?.message ?? 'is no line of text')
  if (hasStrayBrace(sentence))
    return invalidSentence('has a brace that belongs to no placeholder, like {name}')
  const unknown = namedIn(sentence).find((name) => !Object.hasOwn(properties, name))
  if (unknown !== undefined)
    return invalidSentence(
      `names {${unknown}}, which the schema has not; it has ${Object.keys(properties).join(', ') || 'no property'}`,
    )
  const whole = namedIn(sentence).find((name) => ['object', 'array'].includes(properties[name]?.type ?? ''))
  return whole === undefined
    ? undefined
    : invalidSentence(
        `names {${whole}}, which is a list or an object; it may name texts, numbers and yes or no`,
      )
}

function parsedSchema(schema: unknown): Result<DataSchema> {
  const mistake = schemaMistake(schema)
  return mistake === undefined
    ? done(dataSchema.parse(schema))
    : refuse('invalid_event_schema', `${mistake}. Nothing was changed; see docs/event-types.md.`)
}

/** The refusal of properties that no event could ever have. */
function refuseWhatFitsNothing(schema: DataSchema): ReturnType<typeof refuse> | undefined {
  const wrong = whatFitsNothing(schema)
  return wrong === undefined
    ? undefined
    : refuse(
        'invalid_event_schema',
        `No data could ever be as the schema says: ${wrong}. Nothing was changed; see docs/event-types.md.`,
      )
}

function known(types: RegisteredTypes, name: string): Result<RegisteredType> {
  const found = types.get(name)
  if (found) return done(found)
  const there = [...types.values()].filter(({ retired }) => !retired).map((type) => type.name)
  return refuse(
    'unknown_event_type',
    `There is no type of event "${name.slice(0, 100)}" in this workspace. ${there.length > 0 ? `There are ${there.join(', ')}.` : 'There are none yet: docket event-type add.'}`,
  )
}

const retiredRefusal = (name: string): ReturnType<typeof refuse> =>
  refuse('event_type_retired', `"${name}" was retired: what was recorded stays, and nothing new is.`)

function decideRegistration(
  types: RegisteredTypes,
  { name, sentence, schema }: Extract<EventTypeCommand, { type: 'register_event_type' }>,
): Decision {
  const there = types.get(name)
  const refused = there ? undefined : refuseName(name)
  if (refused) return refused
  const parsed = parsedSchema(schema)
  if (!parsed.ok) return parsed
  if (there) {
    const same = there.sentence === sentence.trim() && sameJson(there.schema, parsed.value)
    if (same && !there.retired) return done([])
    return there.retired
      ? retiredRefusal(name)
      : refuse(
          'name_taken',
          `There is a type of event "${name}" already. It can be extended: docket event-type extend.`,
        )
  }
  const mistake = refuseWhatFitsNothing(parsed.value) ?? refuseSentence(sentence, parsed.value)
  if (mistake) return mistake
  if (types.size >= mostEventTypes)
    return refuse(
      'invalid_event_type',
      `There are ${mostEventTypes} types of events already, which is the most.`,
    )
  const data = { name, sentence: sentence.trim(), schema: parsed.value }
  return done([{ type: 'event_type_registered', data }])
}

/** What a command about types of events leads to. Pure. */
export function decideEventType(types: RegisteredTypes, command: EventTypeCommand): Decision {
  const { name } = command
  if (command.type === 'register_event_type') return decideRegistration(types, command)
  const found = known(types, name)
  if (!found.ok) return found
  const { retired, schema } = found.value
  if (command.type === 'retire_event_type')
    return done(retired ? [] : [{ type: 'event_type_retired', data: { name } }])
  if (retired) return retiredRefusal(name)
  const wanted = parsedSchema(command.schema)
  if (!wanted.ok) return wanted
  const extension = extensionOf(schema, wanted.value)
  if ('narrows' in extension)
    return refuse(
      'event_type_narrowed',
      `A type of event can get more properties that may be left out, and nothing else, for what was recorded has to stay right: ${extension.narrows}.`,
    )
  const properties = extension.adds
  const empty = refuseWhatFitsNothing({ type: 'object', properties })
  if (empty) return empty
  return done(
    Object.keys(properties).length === 0 ? [] : [{ type: 'event_type_extended', data: { name, properties } }],
  )
}

/** What is recorded of a type of somebody's own, or why it is not. Pure. @param state the issue as it is now. */
export function decideRecording(
  state: IssueState,
  types: RegisteredTypes,
  { issueId, eventType, data }: RecordCommand,
): Result<{ readonly type: string; readonly data: Readonly<Record<string, unknown>> }> {
  if (!state.exists) return refuse('unknown_issue', 'There is no such issue in this workspace.', { issueId })
  if (isShipped(eventType))
    return refuse('unknown_event_type', `"${eventType}" is recorded by Docket itself, where it happens.`)
  const found = known(types, eventType)
  if (!found.ok) return found
  if (found.value.retired) return retiredRefusal(eventType)
  if (state.archived)
    return refuse('issue_archived', 'This issue is archived. Restore it first, then change it.', { issueId })
  const mistake = dataMistake(found.value.schema, data)
  return mistake === undefined
    ? done({ type: eventType, data })
    : refuse(
        'invalid_event_data',
        `The data of "${eventType}" are not as its schema says: ${mistake}. Nothing was recorded.`,
      )
}
