import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { peopleAndLabelsPath } from '../../lib/paths.ts'
import styles from './sidebar.module.css'

/** Lines under a heading. @param more how many are left out; they are on the page of people and labels */
export function SidebarSection({
  title,
  more,
  children,
}: {
  readonly title: string
  readonly more: number
  readonly children: ReactNode
}) {
  return (
    <div className={styles.section}>
      <h2 className={styles.heading}>{title}</h2>
      <ul className={styles.group}>
        {children}
        {more > 0 && (
          <li>
            <Link href={peopleAndLabelsPath} className={styles.more}>
              {more} more
            </Link>
          </li>
        )}
      </ul>
    </div>
  )
}
