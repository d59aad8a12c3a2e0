import { PanelLeft } from 'lucide-react'
import { type ReactNode, useContext, useEffect, useRef } from 'react'
import { setViewTitle } from '../../lib/document-title.ts'
import { ScreenTitle } from '../../lib/screen.tsx'
import { toggleSidebar, useSidebar } from '../../lib/sidebar-state.ts'
import { IconButton } from '../controls/button.tsx'
import styles from './view-header.module.css'

type Props = {
  /** The screen's own where left out. */
  readonly title?: ReactNode
  /** What the window's title says, where that is more than the words of `title`. */
  readonly named?: string
  /** Muted text after the title, such as a count. */
  readonly note?: ReactNode
  /** Controls at the end. */
  readonly children?: ReactNode
}

/** The top line of a view: its title, and its controls. Offers the sidebar while that is hidden. */
export function ViewHeader({ title, named, note, children }: Props) {
  const sidebar = useSidebar()
  const ofScreen = useContext(ScreenTitle)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    setViewTitle(named ?? heading.current?.textContent ?? '')
  })
  useEffect(() => () => setViewTitle(''), [])
  return (
    <header className={styles.header}>
      {sidebar !== 'docked' && (
        <IconButton
          className={styles.show}
          label="Show the sidebar"
          action="toggle-sidebar"
          icon={<PanelLeft size={16} strokeWidth={1.5} />}
          onClick={toggleSidebar}
        />
      )}
      <h1 ref={heading} className={styles.title}>
        {title ?? ofScreen}
      </h1>
      {note && <span className={styles.note}>{note}</span>}
      <div className={styles.controls}>{children}</div>
    </header>
  )
}
