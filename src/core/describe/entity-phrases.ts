import {
  entities,
  entityMadeBy,
  type PropertyChange,
  type PropertyValue,
  propertyChangedBy,
} from '../entities/kinds/entities.ts'
import type { EntityDeclaration, Property, PropertyKind } from '../entities/kinds/entity.ts'
import { changePart, colour, type Part, renamed, text, type Value, value, was } from './parts.ts'
import type { Phrase, PhraseContext, Phrases } from './phrase.ts'

type Say = (data: never, context: PhraseContext) => Phrase

const valuePartOf = (kind: PropertyKind, of: string): Value => (kind === 'colour' ? colour(of) : value(of))

/** Which one it is, where the change itself does not say. */
function whose(context: PhraseContext, { noun }: EntityDeclaration): readonly Part[] {
  const own = context.own()
  return own ? [text(`the ${noun}`), own] : [text(`a ${noun}`)]
}

function created({ creation, noun, properties }: EntityDeclaration): Say {
  const coloured = properties.find(({ kind }) => kind === 'colour')
  return (data: Readonly<Record<string, string>>) => ({
    parts: [
      text(`${creation.verb} the ${noun}`),
      ...(coloured ? [colour(String(data[coloured.key]))] : []),
      value(String(data.name)),
    ],
  })
}

type Change = { readonly from: PropertyValue; readonly to: PropertyValue }

function changed(entity: EntityDeclaration, { key, kind }: Property): Say {
  return ({ from, to }: Change, context) => {
    if (key === 'name')
      return { parts: [text(`renamed the ${entity.noun}`), renamed(value(String(from)), value(String(to)))] }
    const former = from === null ? null : valuePartOf(kind, from)
    if (to === null)
      return {
        parts: [
          text(`took the ${key} away from`),
          ...whose(context, entity),
          ...(former ? [was(former)] : []),
        ],
      }
    const now = changePart(former, valuePartOf(kind, to))
    return kind === 'colour'
      ? { parts: [text('gave'), ...whose(context, entity), text('another colour'), now] }
      : { parts: [text(`set the ${key} of`), ...whose(context, entity), now] }
  }
}

/** What people have words of their own for. */
const special: Partial<Phrases<PropertyChange>> = {
  workspace_renamed: ({ from, to }) => ({
    parts: [text('renamed the workspace'), changePart(value(from), value(to))],
  }),
  member_joined: ({ name: called, handle }, { actorName }) => ({
    parts:
      called === actorName
        ? [text('joined as'), value(`@${handle}`)]
        : [text('added'), value(called), text('as'), value(`@${handle}`)],
  }),
  member_email_changed: ({ from, to }) => ({
    parts:
      to === null
        ? [text('took a member’s e-mail address away'), ...(from === null ? [] : [was(value(from))])]
        : [text('set a member’s e-mail address'), changePart(from === null ? null : value(from), value(to))],
  }),
}

/** Says how an entity was made, and how each of its properties was changed. */
export const entityPhrases = {
  ...Object.fromEntries(
    entities.flatMap((entity: EntityDeclaration) => [
      [entity.creation.event, created(entity)],
      ...entity.properties.flatMap((property) =>
        property.change ? [[property.change.event, changed(entity, property)]] : [],
      ),
    ]),
  ),
  ...special,
} as unknown as Phrases<PropertyChange>

const kindVerbs: Partial<Record<PropertyKind, string>> = { line: 'renamed', colour: 'recoloured' }

/** What a line that stands for several changes of entities says of one type of them; `undefined` of other types. */
export function entitySummary(type: string, count: number): string | undefined {
  const changes = propertyChangedBy(type)
  const entity = entityMadeBy(type) ?? changes?.entity
  if (!entity) return undefined
  const many = count === 1 ? `a ${entity.noun}` : `${count} ${entity.plural}`
  if (!changes) return `${entity.creation.verb} ${many}`
  const verb = kindVerbs[changes.property.kind]
  return verb ? `${verb} ${many}` : `changed the ${changes.property.key} of ${many}`
}
