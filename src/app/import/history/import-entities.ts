import type { ImportFormat } from '#contract/import-formats.ts'
import { handle as handleSchema, hexColour } from '#core/entities/entity-schemas.ts'
import { handleFrom, joinedAs } from '#core/entities/kinds/handles.ts'
import { leastUsedColour } from '#core/entities/kinds/label-colours.ts'
import type { Millis } from '#core/values/ids.ts'
import { shortText } from '../records/source-text.ts'
import type { ImportContext, ImportedStream } from './imported.ts'
import { presentNames } from './present-names.ts'
import { nobody, type SourcePerson } from './source-person.ts'

/** The people, labels and projects of one import: who was met already, and under which handle. Grows with them, not with the issues. */
export type ImportDirectory = {
  /** Notes a name of an account, as of a time; of several, the one that was noted last is shown. */
  learn(person: SourcePerson, asOf: Millis): void
  /** Whether the account is of a member who is here. */
  isKnown(person: SourcePerson): boolean
  /** Notes that an account is of a member who is here, under a name that it had before. */
  recognise(person: SourcePerson, memberId: string): void
  /** Notes somebody whom the file tells of, under each name by which its texts may mention them, the lasting one first. */
  meet(person: SourcePerson, names: readonly string[], asOf: Millis): void
  /** Whether `meet` would learn anything. */
  isNews(names: readonly string[], asOf: Millis): boolean
  /** The handle of whoever texts mention by this name; `undefined` of somebody who is neither in the file nor here. */
  handleOf(name: string): string | undefined
  /** The member's id, and the stream that introduces them. */
  member(person: SourcePerson, at: Millis): { readonly id: string; readonly stream: ImportedStream }
  /** The label's id, shared by all formats and by the app: the same name is the same label. */
  label(
    name: string,
    colour: string | undefined,
    actorId: string,
    at: Millis,
  ): { readonly id: string; readonly stream: ImportedStream }
  /** The project's id, shared in the same way. */
  project(name: string, actorId: string, at: Millis): { readonly id: string; readonly stream: ImportedStream }
  /** Of those streams, the ones that no earlier history brought; they count as brought from now on. */
  unannounced(streams: Iterable<ImportedStream>): ImportedStream[]
}

export function importDirectory(format: ImportFormat, context: ImportContext): ImportDirectory {
  const { derive, here } = context
  const present = presentNames(context)
  /** Names of each account with a number, the present one last; and the account of each name. */
  const namesOf = new Map<string, Map<string, SourcePerson>>()
  const accountOf = new Map<string, string>()
  const people = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const labels = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const projects = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const members = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const recognised = new Map<string, string>()
  const met = new Map<string, SourcePerson>()
  const joinings = new Map<string, ReturnType<typeof joinedAs>>()
  const handles = new Set<string>()
  const announced = new Set<string>()
  /** Of the labels that are here or come. */
  const colours: string[] = [...(here?.labelColours() ?? [])]

  /**
   * What the member's ids are derived from: the account's number, or a name under which an earlier version brought them; of who is not here
   * the number, else the name.
   */
  function keyOf(account: string | undefined, name: string): string {
    const numbered = account === undefined ? [] : [`#${account}`]
    const names = account === undefined ? [] : (namesOf.get(account)?.keys() ?? [])
    const known =
      here && [...numbered, name, ...names].find((key) => here.has('member', derive('member', format, key)))
    return known ?? numbered[0] ?? name
  }

  /** What a member joins with; asked for once, it stays. */
  function joining(memberId: string, person: SourcePerson): ReturnType<typeof joinedAs> {
    const known = joinings.get(memberId)
    if (known) return known
    const name = shortText(person.name) || shortText(person.key) || nobody.name || ''
    const wanted = [person.handle, person.key, name]
      .map((text) => handleFrom(shortText(text)))
      .find((text) => text !== 'someone')
    // Room for the "-2" of a handle that is taken, and no half characters at the end.
    const handle = [...(wanted ?? 'someone')].slice(0, 40).join('')
    const email = shortText(person.email)
    const data = joinedAs(
      {
        name,
        handle: handleSchema.safeParse(handle).success ? handle : 'someone',
        email: email || undefined,
      },
      handles,
    )
    handles.add(data.handle.toLowerCase())
    joinings.set(memberId, data)
    return data
  }

  return {
    meet(person, names, asOf) {
      for (const name of names) if (!met.has(name)) met.set(name, person)
      present.note(person.key, person, asOf)
    },
    isNews: (names, asOf) =>
      names.some((name) => !met.has(name)) ||
      (names[0] !== undefined && (present.of(names[0])?.asOf ?? -1) < asOf),
    handleOf(name) {
      const person = met.get(name)
      const id = derive('member', format, keyOf(person?.id, person?.key ?? name))
      return here?.handleOf(id) ?? (person && joining(id, person).handle)
    },
    learn(person, asOf) {
      present.note(person.id === undefined ? person.key : `#${person.id}`, person, asOf)
      if (person.id === undefined) return
      const names = namesOf.get(person.id) ?? new Map<string, SourcePerson>()
      namesOf.set(person.id, names)
      names.delete(person.key)
      names.set(person.key, person)
      accountOf.set(person.key, person.id)
    },
    isKnown(person) {
      const key = keyOf(person.id, person.key)
      return here?.has('member', derive('member', format, key)) === true
    },
    recognise({ id: account }, memberId) {
      if (account !== undefined) recognised.set(account, memberId)
    },
    member(from, at) {
      const account = from.id ?? accountOf.get(from.key)
      const met = account === undefined ? from.key : `#${account} ${from.key}`
      const known = people.get(met)
      if (known) return known
      const recognisedAs = account === undefined ? undefined : recognised.get(account)
      const named = account === undefined ? from.key : `#${account}`
      if (recognisedAs !== undefined) {
        const events = present.renaming(named, recognisedAs)
        const here = {
          id: recognisedAs,
          stream: { streamType: 'member' as const, streamId: recognisedAs, events },
        }
        people.set(met, here)
        return here
      }
      const person =
        [...(namesOf.get(account ?? '')?.values() ?? [])].at(-1) ?? present.of(named)?.person ?? from
      const key = keyOf(account, from.key)
      const id = derive('member', format, key)
      const same = members.get(id)
      if (same) {
        people.set(met, same)
        return same
      }
      const eventId = derive('member', format, key, 'joined')
      const stream = streamOf('member', id, eventId, 'member_joined', joining(id, person), id, at)
      const asOf = present.of(named)?.asOf
      const joined = stream.events.map((event) =>
        asOf === undefined ? event : { ...event, metadata: { ...event.metadata, asOf } },
      )
      const made = { id, stream: { ...stream, events: [...joined, ...present.renaming(named, id)] } }
      people.set(met, made)
      members.set(id, made)
      return made
    },
    label(name, colour, actorId, at) {
      const key = name.trim().toLowerCase()
      const known = labels.get(key)
      if (known) return known
      const id = derive('label', key)
      const wanted = `#${colour?.toLowerCase().replace(/^#/, '')}`
      const data = {
        name: name.trim(),
        colour: hexColour.safeParse(wanted).success ? wanted : leastUsedColour(key, colours),
      }
      if (here?.nameOf('label', id) === undefined) colours.push(data.colour)
      const made = {
        id,
        stream: streamOf('label', id, derive('label', key, 'created'), 'label_created', data, actorId, at),
      }
      labels.set(key, made)
      return made
    },
    project(name, actorId, at) {
      const key = name.trim().toLowerCase()
      const known = projects.get(key)
      if (known) return known
      const id = derive('project', key)
      const data = { name: name.trim() }
      const eventId = derive('project', key, 'created')
      const made = { id, stream: streamOf('project', id, eventId, 'project_created', data, actorId, at) }
      projects.set(key, made)
      return made
    },
    unannounced(streams) {
      const fresh = [...streams].filter(
        (stream) => stream.events.length > 0 && !announced.has(stream.streamId),
      )
      for (const stream of fresh) announced.add(stream.streamId)
      return fresh
    },
  }
}

function streamOf(
  streamType: 'member' | 'label' | 'project',
  streamId: string,
  id: string,
  type: string,
  data: Record<string, unknown>,
  actorId: string,
  occurredAt: Millis,
): ImportedStream {
  return {
    streamType,
    streamId,
    events: [{ id, type, data, actorId, occurredAt, metadata: { triggeredBy: 'import' } }],
  }
}
