import { type ListedType, listedEntity } from '#core/entities/kinds/entities.ts'
import { useWorkspace } from '../lib/workspace.tsx'
import { EventIcon } from './event-icon.tsx'
import styles from './label-dot.module.css'
import { Dot } from './label-dot.tsx'

/** The sign of an entity: its colour where it has one, else the icon of its kind. */
export function EntityIcon({
  type,
  id,
  size = 14,
}: {
  readonly type: ListedType
  readonly id?: string
  readonly size?: number
}) {
  const entity = useWorkspace()
    .byId.get(type)
    ?.get(id ?? '')
  const colour = entity && 'colour' in entity ? String(entity.colour) : undefined
  return colour === undefined ? (
    <EventIcon sign={listedEntity(type).sign} size={size} />
  ) : (
    <Dot colour={colour} />
  )
}

/** What an issue is in: its sign and its name. */
export function EntityName({ type, id }: { readonly type: ListedType; readonly id: string }) {
  const { noun } = listedEntity(type)
  const name = useWorkspace().byId.get(type)?.get(id)?.name ?? `unknown ${noun}`
  const kind = noun.charAt(0).toUpperCase() + noun.slice(1)
  return (
    <span className={styles.label} title={`${kind}: ${name}`}>
      <EntityIcon type={type} id={id} size={13} />
      <span className="visually-hidden">{kind} </span>
      <span className={styles.name} dir="auto">
        {name}
      </span>
    </span>
  )
}
