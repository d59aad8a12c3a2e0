import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { type ReactElement, type ReactNode, useState } from 'react'
import { KeyHint } from '../key-hint.tsx'
import popup from './popup.module.css'

type MenuProps = {
  /** The button that opens it. */
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly align?: 'start' | 'center' | 'end'
  readonly side?: 'top' | 'bottom'
}

/** A menu that drops from a button. */
export function Menu({ trigger, children, align = 'start', side = 'bottom' }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Base.Root modal={false} open={isOpen} onOpenChange={setOpen}>
      <Base.Trigger render={trigger} />
      {/* Gone at once when it closes, so that the next key is the view's. */}
      {isOpen && (
        <Base.Portal>
          <Base.Positioner sideOffset={4} align={align} side={side} className={popup.positioner}>
            <Base.Popup className={popup.popup}>{children}</Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      )}
    </Base.Root>
  )
}

type ItemProps = {
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  readonly onSelect: () => void
  readonly children: ReactNode
  readonly disabled?: boolean
}

export function MenuItem({ icon, keys, onSelect, children, disabled = false }: ItemProps) {
  return (
    <Base.Item className={popup.item} onClick={onSelect} disabled={disabled}>
      {icon}
      <span className={popup.itemText}>{children}</span>
      {keys && <KeyHint keys={keys} />}
    </Base.Item>
  )
}

type ChoiceProps<Value extends string> = {
  readonly label: string
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: ReactNode }[]
}

/** Some items of a menu of which one is chosen. */
export function MenuChoice<Value extends string>({ label, value, onChange, options }: ChoiceProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)} aria-label={label}>
      <div className={popup.groupLabel}>{label}</div>
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={popup.item} closeOnClick>
          {option.icon}
          <span className={popup.itemText}>{option.label}</span>
          <Base.RadioItemIndicator className={popup.check}>
            <Check size={14} />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

export function MenuSeparator() {
  return <Base.Separator className={popup.separator} />
}
