import { fieldNamed } from '../issue/fields/fields.ts'
import { type ChosenUnits, unitOf } from '../issue/fields/units.ts'
import { foldedName } from '../text/folded-name.ts'
import { done, type Refusal, type Result, refuse } from '../values/refusal.ts'
import type { EntityCommand } from './entity-commands.ts'
import type { EntityChange } from './entity-events.ts'
import {
  changeOfProperty,
  creationOf,
  entities as declared,
  type EntityRow,
  type ListedEntity,
  propertyOf,
} from './kinds/entities.ts'
import type { EntityDeclaration, Property } from './kinds/entity.ts'

/** The workspace's people, labels and projects, small enough to be held whole: each kind by id, under its plural. */
export type Entities = {
  readonly workspace: {
    readonly id: string
    readonly name: string
    readonly keyPrefix: string
    readonly units: ChosenUnits
  }
} & { readonly [E in ListedEntity as E['plural']]: ReadonlyMap<string, EntityRow<E['type']>> }

/** An entity's row, whichever it is of. */
type Row = Readonly<Record<string, string | null>>
type Wanted = Readonly<Record<string, string | null | undefined>>

const same = (a: string, b: string): boolean => foldedName(a) === foldedName(b)

const rowsOf = (known: Entities, entity: EntityDeclaration): ReadonlyMap<string, Row> =>
  known[entity.plural as ListedEntity['plural']]

/** @returns the refusal of a value that another has, where no two may have the same. */
function refuseTaken(
  { key, taken }: Property,
  value: string | null | undefined,
  others: Iterable<Row>,
): { readonly ok: false; readonly error: Refusal } | undefined {
  if (!taken || !value) return undefined
  const isTaken = [...others].some((other) => same(String(other[key]), value))
  return isTaken ? refuse('name_taken', taken(value)) : undefined
}

function create(known: Entities, entity: EntityDeclaration, wanted: Wanted): Result<readonly EntityChange[]> {
  const rows = rowsOf(known, entity)
  const there = rows.get(String(entity.idProperty && wanted[entity.idProperty]))
  if (there) {
    const name = String(wanted.name)
    const taken = propertyOf(entity, 'name')?.taken
    // Where names are given once, whoever makes it again must mean the same.
    return taken && !same(String(there.name), name) ? refuse('name_taken', taken(name)) : done([])
  }
  const values: Record<string, string | null | undefined> = {}
  for (const property of entity.properties) {
    const value = wanted[property.key]
    const refusal = refuseTaken(property, value, rows.values())
    if (refusal) return refusal
    values[property.key] = value ?? property.otherwise?.(String(wanted.name), rows.values())
  }
  return done([creationOf(entity, values)])
}

function change(
  known: Entities,
  entity: EntityDeclaration,
  property: Property,
  wanted: Wanted,
): Result<readonly EntityChange[]> {
  const id = entity.idProperty && wanted[entity.idProperty]
  const row: Row | undefined = id ? rowsOf(known, entity).get(id) : { name: known.workspace.name }
  const to = wanted[property.key] ?? null
  if (!row) return refuse(entity.unknown?.code ?? 'invalid_command', entity.unknown?.sentence ?? '')
  const others = id ? [...rowsOf(known, entity).values()].filter((each) => each.id !== id) : []
  const refusal = refuseTaken(property, to, others)
  if (refusal) return refusal
  const from = row[property.key] ?? null
  return done(from === to || !property.change ? [] : [changeOfProperty(property.change, from, to)])
}

type Decide = (known: Entities, wanted: Wanted) => Result<readonly EntityChange[]>

/** What decides each command that makes an entity or changes a property of one. */
const decisions: ReadonlyMap<string, Decide> = new Map(
  declared.flatMap((entity: EntityDeclaration) => [
    ...(entity.creation.command === null
      ? []
      : [[entity.creation.command, (known, wanted) => create(known, entity, wanted)] as [string, Decide]]),
    ...entity.properties.flatMap((property) =>
      property.change === null
        ? []
        : [
            [property.change.command, (known, wanted) => change(known, entity, property, wanted)] as [
              string,
              Decide,
            ],
          ],
    ),
  ]),
)

/** What a command about labels, projects, members or the workspace leads to. Pure. */
export function decideEntity(known: Entities, command: EntityCommand): Result<readonly EntityChange[]> {
  if (command.type === 'choose_unit') {
    const { field: name, unit: to } = command
    const field = fieldNamed(name)
    const from = field && unitOf(field, known.workspace.units)?.name
    if (from === undefined || from === to) return done([])
    return done([{ type: 'unit_changed', data: { field: name, from, to } }])
  }
  const decide = decisions.get(command.type)
  return decide ? decide(known, command as unknown as Wanted) : done([])
}
