import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useRef } from 'react'
import { IconButton } from './button.tsx'
import styles from './dialog.module.css'

type Props = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
  readonly width?: number
  /** Name it to screen readers without showing a title line. */
  readonly bare?: boolean
  readonly initialFocus?: RefObject<HTMLElement | null>
  /** Clicking beside it does not close it. */
  readonly sticky?: boolean
}

/** What there is to fill in or to read; the button that closes is last in anybody's mind, and its tooltip would take the first Escape. */
const firstField = ':is(input:checked, input:not([type="radio"]), textarea, [tabindex="0"]:not(button))'

/** A dialog over the view. Focus goes back to where it came from. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  width = 560,
  bare = false,
  initialFocus,
  sticky = false,
}: Props) {
  const popup = useRef<HTMLDivElement>(null)
  const begin = () => popup.current?.querySelector<HTMLElement>(firstField) ?? popup.current
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal={sticky}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            ref={popup}
            className={styles.dialog}
            style={{ maxWidth: width }}
            initialFocus={initialFocus ?? begin}
          >
            {bare ? (
              <Base.Title className="visually-hidden">{title}</Base.Title>
            ) : (
              <div className={styles.head}>
                <Base.Title className={styles.title}>{title}</Base.Title>
                <Base.Close render={<IconButton label="Close" icon={<X size={16} strokeWidth={1.5} />} />} />
              </div>
            )}
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

/** The line of buttons that ends a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>
}

/**
 * The padded part of a dialog, which scrolls.
 * @param label names it where it holds nothing that takes the focus: it then takes it itself, so that keys can scroll it
 */
export function DialogBody({ label, children }: { readonly label?: string; readonly children: ReactNode }) {
  if (!label) return <div className={styles.body}>{children}</div>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
    <section className={styles.body} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
