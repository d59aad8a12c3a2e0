import { Combobox } from '@base-ui/react/combobox'
import { Check, Minus } from 'lucide-react'
import { type ReactElement, type ReactNode, useState } from 'react'
import popup from './popup.module.css'

export type PickItem = {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  /** Muted text at the end. */
  readonly hint?: string
  /** `some`: chosen for a part of what is being changed. */
  readonly chosen?: boolean | 'some'
}

type Props = {
  /** What is being picked: `Assign to`. Names the field and the list. */
  readonly label: string
  readonly items: readonly PickItem[]
  /** Called for each pick. The list stays open when `many`. */
  readonly onPick: (item: PickItem) => void
  readonly many?: boolean
  /** Offers to make what was typed, where nothing has that name. */
  readonly onCreate?: (name: string) => void
  readonly createLabel?: string
  /** What to say where nothing matches. */
  readonly empty?: string
  readonly align?: 'start' | 'end' | 'center'
} & (
  | {
      readonly trigger: ReactElement
      readonly open?: undefined
      readonly anchor?: undefined
      readonly onClose?: undefined
    }
  /** Opened by a key: hangs at `anchor`, and tells when it closes. */
  | {
      readonly trigger?: undefined
      readonly open: true
      readonly anchor: Element | null
      readonly onClose: () => void
    }
)

// Keys pressed in it are its own; see `listenToKeys`.
const ownsKeys = { 'data-owns-keys': '' }
const createId = '\u0000create'

/** A list to pick from, filtered as one types. Dropped from a button or opened at a row by a key. */
export function PickList({
  label,
  items,
  onPick,
  many = false,
  onCreate,
  createLabel = 'Create',
  empty = 'Nothing matches.',
  align = 'start',
  trigger,
  anchor,
  onClose,
  open,
}: Props) {
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(open ?? false)
  const typed = text.trim()
  const known = items.some((item) => item.label.toLowerCase() === typed.toLowerCase())
  const all = onCreate && typed !== '' && !known ? [...items, { id: createId, label: typed }] : [...items]
  // Gone at once, so that the next key is the view's: a popup that fades out would still have the focus.
  const close = () => {
    setOpen(false)
    setText('')
    onClose?.()
  }
  return (
    <Combobox.Root<PickItem>
      items={all}
      value={null}
      open={isOpen}
      onOpenChange={(next) => (next ? setOpen(true) : close())}
      inputValue={text}
      onInputValueChange={(next, { reason }) => {
        if (reason !== 'item-press') setText(next)
      }}
      onValueChange={(item, details) => {
        if (!item) return
        if (item.id === createId) onCreate?.(typed)
        else onPick(item)
        if (many) details.cancel()
        else close()
      }}
      itemToStringLabel={(item) => item.label}
      isItemEqualToValue={(a, b) => a.id === b.id}
      autoHighlight
      filter={(item, query) =>
        item.id === createId ||
        `${item.label} ${item.hint ?? ''}`.toLowerCase().includes(query.trim().toLowerCase())
      }
    >
      {trigger && <Combobox.Trigger role="button" aria-haspopup="dialog" render={trigger} />}
      {isOpen && (
        <Combobox.Portal>
          <Combobox.Positioner
            sideOffset={4}
            align={align}
            className={popup.positioner}
            {...(anchor ? { anchor } : {})}
          >
            <Combobox.Popup
              className={popup.popup}
              aria-label={label}
              {...ownsKeys}
              {...(anchor
                ? { finalFocus: () => (anchor.closest('[tabindex="0"]') as HTMLElement | null) ?? true }
                : {})}
            >
              <Combobox.Input className={popup.search} placeholder={`${label}…`} aria-label={label} />
              <Combobox.Empty className={popup.empty}>{empty}</Combobox.Empty>
              <Combobox.List className={popup.scroll} aria-label={label}>
                {(item: PickItem) => (
                  <Combobox.Item key={item.id} value={item} className={popup.item}>
                    {item.id === createId ? null : item.icon}
                    <span className={popup.itemText}>
                      {item.id === createId ? `${createLabel} “${item.label}”` : item.label}
                    </span>
                    {item.hint && <span className={popup.hint}>{item.hint}</span>}
                    <span className={popup.check}>
                      {item.chosen === true && <Check size={14} aria-label="chosen" />}
                      {item.chosen === 'some' && <Minus size={14} aria-label="chosen for some" />}
                    </span>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      )}
    </Combobox.Root>
  )
}
