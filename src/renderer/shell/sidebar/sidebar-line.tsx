import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useHashSearch } from '../../lib/hash-location.ts'
import styles from './sidebar.module.css'

type Props = {
  readonly to: string
  readonly icon: ReactNode
  readonly children: string
  readonly count?: number
  readonly hasKeys?: boolean
  readonly marked?: 'any-query' | 'below' | undefined
  /** What is counted. */
  readonly counted?: string | undefined
}

/** A way to a view: icon, name and count, marked while that view is shown. */
export function SidebarLine({
  to,
  icon,
  children,
  count = 0,
  hasKeys = false,
  marked,
  counted = 'open',
}: Props) {
  const [location] = useLocation()
  const search = useHashSearch()
  const [path = '', query = ''] = to.split('?')
  const here =
    marked === 'below'
      ? location === path || location.startsWith(`${path}/`)
      : location === path &&
        (marked === 'any-query' || search.get('q') === new URLSearchParams(query).get('q'))
  return (
    <li>
      <Link
        href={to}
        className={styles.place}
        aria-current={here ? 'page' : undefined}
        title={hasKeys ? undefined : children}
      >
        <span className={styles.sign}>{icon}</span>
        <span className={styles.placeName}>{children}</span>
        {count > 0 && (
          <span className={styles.count}>
            {count.toLocaleString()}
            <span className="visually-hidden"> {counted}</span>
          </span>
        )}
      </Link>
    </li>
  )
}
