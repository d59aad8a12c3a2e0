import { colourFor, handleFrom, joinedAs } from '#core/directory.ts'
import { handle as handleSchema, hexColour } from '#core/directory-events.ts'
import type { Millis } from '#core/ids.ts'
import type { ImportContext, ImportedStream, ImportFormat } from './imported.ts'
import { shortText } from './source-text.ts'

export type SourcePerson = {
  /** What the source knows the person by; stays when the name changes. */
  readonly key: string
  readonly name?: string
  readonly handle?: string
  readonly email?: string
}

/** The people, labels and projects of one import: who was met already, and under which handle. Grows with them, not with the issues. */
export type ImportDirectory = {
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

/** Whoever the source does not name. */
export const nobody: SourcePerson = { key: '', name: 'Unknown person', handle: 'unknown' }

export function importDirectory(format: ImportFormat, { derive }: ImportContext): ImportDirectory {
  const people = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const labels = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const projects = new Map<string, { readonly id: string; readonly stream: ImportedStream }>()
  const handles = new Set<string>()
  const announced = new Set<string>()
  return {
    member(person, at) {
      const known = people.get(person.key)
      if (known) return known
      const id = derive('member', format, person.key)
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
      const made = {
        id,
        stream: streamOf(
          'member',
          id,
          derive('member', format, person.key, 'joined'),
          'member_joined',
          data,
          id,
          at,
        ),
      }
      people.set(person.key, made)
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
        colour: hexColour.safeParse(wanted).success ? wanted : colourFor(key),
      }
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
      const fresh = [...streams].filter((stream) => !announced.has(stream.streamId))
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
