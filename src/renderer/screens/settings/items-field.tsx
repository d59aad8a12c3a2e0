import { ArrowDown, ArrowUp, ChevronRight, MoreHorizontal, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Menu, MenuItem } from '../../ui/controls/menu.tsx'
import { FormField } from './form-field.tsx'
import {
  type InboxDraft,
  type Item,
  type ItemsField as ItemsFieldOf,
  itemsOf,
  newItem,
  randomId,
  withoutItem,
  withSecret,
} from './inbox-draft.ts'
import styles from './items-field.module.css'
import { SecretField } from './secret-field.tsx'
import { TestButton } from './test-button.tsx'
import type { Mistake } from './what-is-wrong.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const

type Props = {
  readonly inbox: InboxView
  readonly field: ItemsFieldOf
  readonly draft: InboxDraft
  readonly mistake: Mistake | null
  /** Saves what is entered first. @returns whether it could be. */
  readonly onSave: () => Promise<boolean>
}

/** A list of things in the settings, each with fields of its own. */
export function ItemsFieldEditor({ inbox, field, draft, mistake, onSave }: Props) {
  const items = itemsOf(draft.settings, field)
  const [open, setOpen] = useState<ReadonlySet<string>>(
    new Set(items.length === 1 ? [items[0]?.id ?? ''] : []),
  )
  const set = (next: readonly Item[]) => draft.change(field.name, next)
  const toggle = (id: string) =>
    setOpen((now) => (now.has(id) ? new Set([...now].filter((each) => each !== id)) : new Set([...now, id])))
  const move = (from: number, to: number) => {
    const others = items.filter((_, index) => index !== from)
    set([...others.slice(0, to), ...items.slice(from, from + 1), ...others.slice(to)])
  }
  const add = () => {
    const item = newItem(field, randomId())
    set([...items, item])
    setOpen((now) => new Set([...now, item.id]))
  }
  const wrongAt = mistake?.at ?? ''
  return (
    <section className={styles.items} aria-label={field.label}>
      <div className={styles.head}>
        <h3 className={styles.heading}>{field.label}</h3>
        <Button icon={<Plus {...icon} />} onClick={add}>
          Add {field.item}
        </Button>
      </div>
      {field.help && <p className={styles.help}>{field.help}</p>}
      {wrongAt === field.name && (
        <p className={styles.error} role="alert">
          {mistake?.message}
        </p>
      )}
      {items.length === 0 ? (
        <p className={styles.none}>No {field.item} yet.</p>
      ) : (
        <ul className={styles.list}>
          {items.map((item, index) => (
            <ItemCard
              key={item.id}
              {...{ inbox, field, draft, mistake, onSave, item, index }}
              open={
                open.has(item.id) ||
                wrongAt.startsWith(`${field.name}.${index}`) ||
                wrongAt.endsWith(`:${item.id}`)
              }
              onToggle={() => toggle(item.id)}
              onChange={(next) => set(items.map((each) => (each.id === item.id ? next : each)))}
              onRemove={() => {
                set(items.filter(({ id }) => id !== item.id))
                draft.changeSecrets(
                  withoutItem(draft.secrets, [...inbox.secrets, ...inbox.unreadableSecrets], item.id),
                )
              }}
              {...(index > 0 ? { onUp: () => move(index, index - 1) } : {})}
              {...(index < items.length - 1 ? { onDown: () => move(index, index + 1) } : {})}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

type CardProps = Props & {
  readonly item: Item
  readonly index: number
  readonly open: boolean
  readonly onToggle: () => void
  readonly onChange: (item: Item) => void
  readonly onRemove: () => void
  readonly onUp?: () => void
  readonly onDown?: () => void
}

function ItemCard({
  inbox,
  field,
  draft,
  mistake,
  onSave,
  item,
  index,
  open,
  onToggle,
  onChange,
  onRemove,
  onUp,
  onDown,
}: CardProps) {
  const name = typeof item.name === 'string' && item.name.trim() !== '' ? item.name : `New ${field.item}`
  const path = `${field.name}.${index}`
  const errorAt = (at: string) => (mistake?.at === at ? mistake.message : null)
  const brief = [item.url, item.query].filter((text) => typeof text === 'string' && text !== '').join(' · ')
  const off = item.enabled === false
  return (
    <li className={styles.item} data-open={open}>
      <div className={styles.line}>
        <button type="button" className={styles.toggle} aria-expanded={open} onClick={onToggle}>
          <ChevronRight {...icon} className={styles.chevron} />
          <span className={styles.name}>{name}</span>
          {!open && <span className={styles.brief}>{brief}</span>}
          {off && <span className={styles.off}>Off</span>}
        </button>
        <Menu
          align="end"
          trigger={
            <IconButton label={`More for ${name}`} icon={<MoreHorizontal size={16} strokeWidth={1.5} />} />
          }
        >
          <MenuItem icon={<ArrowUp {...icon} />} disabled={!onUp} onSelect={() => onUp?.()}>
            Move up
          </MenuItem>
          <MenuItem icon={<ArrowDown {...icon} />} disabled={!onDown} onSelect={() => onDown?.()}>
            Move down
          </MenuItem>
          <MenuItem icon={<Trash2 {...icon} />} onSelect={onRemove}>
            Remove
          </MenuItem>
        </Menu>
      </div>
      {open && (
        <div className={styles.fields}>
          {errorAt(path) && (
            <p className={styles.error} role="alert">
              {errorAt(path)}
            </p>
          )}
          {field.fields.map((each) => {
            if (each.kind !== 'secret')
              return (
                <FormField
                  key={each.name}
                  field={each}
                  value={item[each.name]}
                  error={errorAt(`${path}.${each.name}`)}
                  onChange={(value) => onChange({ ...item, [each.name]: value })}
                />
              )
            const secret = `${each.name}:${item.id}`
            return (
              <SecretField
                key={each.name}
                label={each.label}
                hint={each.help}
                optional={each.optional ?? false}
                generate={each.generate ?? false}
                error={errorAt(secret) ?? errorAt(`${path}.${each.name}`)}
                isSet={inbox.secrets.includes(secret)}
                isUnreadable={inbox.unreadableSecrets.includes(secret)}
                entered={draft.secrets[secret]}
                onChange={(entered) => draft.changeSecrets(withSecret(draft.secrets, secret, entered))}
              />
            )
          })}
          {field.testable && inbox.canTest && (
            <TestButton inbox={inbox.name} target={item.id} of={name} unsaved={draft.dirty} onSave={onSave} />
          )}
        </div>
      )}
    </li>
  )
}
