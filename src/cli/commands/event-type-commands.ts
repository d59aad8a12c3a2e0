import { readFileSync } from 'node:fs'
import { listEventTypes } from '#app/calls/event-type-handlers.ts'
import type { Workspace } from '#app/workspace/workspace.ts'
import type { EventTypeView } from '#contract/answers/answers.ts'
import type { PropertySchema } from '#core/event-types/event-type-schema.ts'
import { didYouMean, nearNames } from '#core/text/near-names.ts'
import { execute, textOrInput } from '../input/command-input.ts'
import { issueIdOf, type Shared, withWorkspace } from '../input/open-here.ts'
import { print, printJson, quoted, RefusedError, safeLine, UsageError } from '../output/output.ts'
import { outputWidth, table } from '../output/table.ts'
import { readShift } from './times-commands.ts'

/** A type of event by its name. @throws RefusedError */
function eventTypeCalled(workspace: Workspace, name: string): EventTypeView {
  const types = listEventTypes(workspace)
  const found = types.find((type) => type.name === name.trim())
  if (found) return found
  const near = nearNames(name, types, (type) => [type.name]).map((type) => quoted(type.name))
  throw new RefusedError({
    code: 'unknown_event_type',
    message: `There is no type of event ${quoted(name)} in this workspace.${didYouMean(near)}`,
  })
}

function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RefusedError({
      code: 'invalid_input',
      message: `${what} is no JSON: ${(error as Error).message}. Nothing was changed.`,
    })
  }
}

/** A schema from a file, or from standard input. */
async function schemaIn(file: string): Promise<unknown> {
  if (file === '-') return parsedJson(await textOrInput('-'), 'Standard input')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new RefusedError({
      code: 'invalid_input',
      message: `${quoted(file)} can not be read: ${(error as Error).message}. Nothing was changed.`,
    })
  }
  return parsedJson(text, quoted(file))
}

const kindWords = (schema: PropertySchema): string => {
  if (schema.type === 'array') return `list of ${kindWords(schema.items)}`
  if (schema.type !== 'string') return schema.type
  return schema.enum
    ? schema.enum.map((choice) => JSON.stringify(choice)).join(' or ')
    : (schema.format ?? 'text')
}

const stateOf = ({ retired }: EventTypeView): string => (retired ? 'retired' : 'in use')

function typeText(view: EventTypeView): string {
  const { properties, required = [] } = view.schema
  return [
    `${view.name}  (${stateOf(view)})`,
    `Says  ${safeLine(view.sentence)}`,
    ...Object.entries(properties).map(
      ([name, schema]) =>
        `  ${name}  ${safeLine(kindWords(schema))}${required.includes(name) ? '' : ', may be left out'}`,
    ),
  ].join('\n')
}

function told(workspace: Workspace, name: string, options: Shared, done: string): void {
  const view = eventTypeCalled(workspace, name)
  if (options.json) printJson(view)
  else print(`${done}\n${typeText(view)}`)
}

/** `docket event-type list` */
export async function printEventTypes(options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const eventTypes = listEventTypes(workspace)
    if (options.json) return printJson({ eventTypes })
    if (eventTypes.length === 0)
      return print(
        'There are no types of events yet. Register one: docket event-type add NAME --schema FILE …',
      )
    const rows = eventTypes.map((view) => [
      view.name,
      stateOf(view),
      safeLine(view.sentence),
      Object.keys(view.schema.properties).join(', '),
    ])
    const columns = [
      { head: 'NAME' },
      { head: 'STATE' },
      { head: 'SAYS', grows: true },
      { head: 'DATA', most: 30, spare: 1 },
    ]
    print(table(columns, rows, outputWidth()))
  })
}

/** `docket event-type show` */
export async function showEventType(name: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const view = eventTypeCalled(workspace, name)
    if (options.json) printJson(view)
    else print(typeText(view))
  })
}

/** `docket event-type add` */
export async function addEventType(
  name: string,
  options: Shared & { readonly schema: string; readonly sentence: string },
): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const schema = await schemaIn(options.schema)
    const { recorded } = execute(workspace, {
      type: 'register_event_type',
      name,
      sentence: options.sentence,
      schema,
    })
    const done = recorded.length > 0 ? 'Registered.' : 'It was registered like that already.'
    told(workspace, name, options, `${done} Record one: docket record KEY ${safeLine(name)} --data JSON`)
  })
}

/** `docket event-type extend` */
export async function extendEventType(
  name: string,
  options: Shared & { readonly schema: string },
): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const schema = await schemaIn(options.schema)
    const { recorded } = execute(workspace, { type: 'extend_event_type', name, schema })
    told(workspace, name, options, recorded.length > 0 ? 'Extended.' : 'Nothing new in it.')
  })
}

/** `docket event-type retire` */
export async function retireEventType(name: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const { recorded } = execute(workspace, { type: 'retire_event_type', name })
    const words =
      recorded.length > 0
        ? 'Retired: what was recorded stays, and nothing new is.'
        : 'It was retired already.'
    told(workspace, name, options, words)
  })
}

const mostThrottle = 30 * 86_400_000

/** `5m` as milliseconds. @throws UsageError */
function readThrottle(typed: string): number {
  const usage = `--throttle takes a length of time up to 30d, like 90s, 5m or 2h; ${quoted(typed)} is none.`
  if (!/^\d/.test(typed.trim())) throw new UsageError(usage)
  let millis: number
  try {
    millis = readShift(typed)
  } catch {
    throw new UsageError(usage)
  }
  if (millis > mostThrottle) throw new UsageError(usage)
  return millis
}

/** `docket record` */
export async function recordEvent(
  key: string,
  eventType: string,
  options: Shared & { readonly data?: string; readonly throttle?: string },
): Promise<void> {
  const throttle = options.throttle === undefined ? {} : { throttle: readThrottle(options.throttle) }
  await withWorkspace(options, async (workspace) => {
    const text = await textOrInput(options.data ?? '{}')
    const data = parsedJson(text, options.data === '-' ? 'Standard input' : '--data')
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      throw new RefusedError({
        code: 'invalid_event_data',
        message: '--data takes a JSON object, like {"name":"Acme"}. Nothing was recorded.',
      })
    const issueId = issueIdOf(workspace, key)
    const done = execute(workspace, { type: 'record', issueId, eventType, data, ...throttle })
    const events = done.recorded.map(({ id, type, position }) => ({ id, type, position }))
    if (options.json) printJson({ key: done.key, issueId, position: done.position, events })
    else print(`Recorded ${safeLine(eventType)} on ${done.key}.`)
  })
}
