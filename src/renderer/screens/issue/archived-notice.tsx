import { Archive } from 'lucide-react'
import { Button } from '../../ui/controls/button.tsx'
import styles from './issue-page.module.css'

/** The line that says that an issue is archived. @param onRestore left out where nothing may be changed */
export function ArchivedNotice({ onRestore }: { readonly onRestore: (() => void) | undefined }) {
  return (
    <div className={styles.notice}>
      <Archive size={16} strokeWidth={1.5} aria-hidden />
      <span>This issue is archived. It can be read, and changed again once it is restored.</span>
      {onRestore && <Button onClick={onRestore}>Restore</Button>}
    </div>
  )
}
