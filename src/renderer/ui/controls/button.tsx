import type { ComponentProps, ReactElement, ReactNode, Ref } from 'react'
import { keysFor, type WindowActionId } from '../../lib/shortcuts/actions.ts'
import styles from './button.module.css'
import { Tooltip } from './tooltip.tsx'

type ButtonProps = Omit<ComponentProps<'button'>, 'ref'> & {
  /** `primary`: the one thing to do here. `plain`: others, with an edge. `quiet`: without one. `danger`: can't be undone. */
  readonly variant?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly icon?: ReactNode
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ variant = 'plain', icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[variant], className].filter(Boolean).join(' ')}
    >
      {icon}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'ref' | 'children'> & {
  /** What it does; shown as its tooltip. */
  readonly label: string
  readonly icon: ReactElement
  /** The action that it starts: its key is shown beside the label. */
  readonly action?: WindowActionId
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button that is an icon alone, always with a name and a tooltip. */
export function IconButton({ label, icon, action, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(action ? { keys: keysFor(action) } : {})}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={[styles.icon, className].filter(Boolean).join(' ')}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
