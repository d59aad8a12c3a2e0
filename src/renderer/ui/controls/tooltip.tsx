import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'
import { KeyHint } from '../key-hint.tsx'
import popup from './popup.module.css'

type Props = {
  readonly text: string
  /** The binding of the action, in tinykeys' notation. */
  readonly keys?: string | undefined
  /** One element that takes a ref and props. */
  readonly children: ReactElement
  readonly side?: 'top' | 'bottom' | 'left' | 'right'
}

/** Says what the thing under the pointer or focus does, with its key. It repeats the name; it never holds anything else. */
export function Tooltip({ text, keys, children, side = 'bottom' }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} side={side} className={popup.positioner}>
          <Base.Popup className={popup.tooltip}>
            {text}
            {keys && <KeyHint keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** One delay for all tooltips: after the first, the next one comes at once. */
export const TooltipDelay = Base.Provider
