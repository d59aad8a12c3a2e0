import type { ReactNode } from 'react'
import { Button } from '../controls/button.tsx'
import { type PickItem, PickList } from '../controls/pick-list.tsx'
import styles from './filter-bar.module.css'

/** One field of the filter as a button with a list of its values. */
export function FilterChip({
  label,
  value,
  icon,
  items,
  onPick,
  many = false,
}: {
  readonly label: string
  readonly value: ReactNode
  readonly icon: ReactNode
  readonly items: readonly PickItem[]
  readonly onPick: (id: string) => void
  readonly many?: boolean
}) {
  return (
    <PickList
      label={label}
      items={items}
      many={many}
      align="end"
      onPick={({ id }) => onPick(id)}
      trigger={
        <Button
          variant="quiet"
          className={styles.chip}
          icon={icon}
          data-set={value !== null}
          aria-label={`Filter by ${label.toLowerCase()}`}
        >
          <span className={styles.chipText}>{value ?? label}</span>
        </Button>
      }
    />
  )
}
