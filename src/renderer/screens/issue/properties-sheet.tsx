import { Dialog as Sheet } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../ui/controls/button.tsx'
import styles from './issue-page.module.css'

type Props = { readonly onOpenChange: (open: boolean) => void; readonly children: ReactNode }

/** The properties over the text, in a window too narrow for both. */
export function PropertiesSheet({ onOpenChange, children }: Props) {
  return (
    <Sheet.Root open onOpenChange={onOpenChange}>
      <Sheet.Portal>
        <Sheet.Backdrop className={styles.backdrop} />
        <Sheet.Popup className={styles.sheet}>
          <div className={styles.sheetHead}>
            <Sheet.Title className={styles.sheetTitle}>Properties</Sheet.Title>
            <Sheet.Close render={<IconButton label="Close" icon={<X size={16} strokeWidth={1.5} />} />} />
          </div>
          {children}
        </Sheet.Popup>
      </Sheet.Portal>
    </Sheet.Root>
  )
}
