import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useRef } from 'react'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/labelled.tsx'
import { ActionFields } from './action-fields.tsx'
import styles from './action-list.module.css'
import { type ActionDraft, type ActionType, actionTypes, mostActions, newAction } from './rule-draft.ts'
import { useEndpoints } from './use-endpoints.ts'
import type { RuleMistake } from './what-is-wrong-with-rule.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const
const typeOptions = actionTypes.map(([value, label]) => ({ value, label }))

type Props = {
  readonly actions: readonly ActionDraft[]
  readonly onChange: (actions: ActionDraft[]) => void
  readonly mistake: RuleMistake | null
}

/** What a rule does, in order. */
export function ActionList({ actions, onChange, mistake }: Props) {
  const workspace = useWorkspace()
  const endpoints = useEndpoints()
  const list = useRef<HTMLOListElement>(null)
  const make = (type: ActionType) =>
    newAction(
      type,
      workspace,
      endpoints.map(({ id }) => id),
    )
  const set = (index: number, action: ActionDraft) =>
    onChange(actions.map((each, at) => (at === index ? action : each)))
  const swap = (index: number, other: number) =>
    onChange(actions.map((each, at) => actions[at === index ? other : at === other ? index : at] ?? each))
  const add = () => {
    onChange([...actions, make('label')])
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(':scope > li:last-child select')?.focus(),
    )
  }
  return (
    <>
      {actions.length > 0 && (
        <ol ref={list} className={styles.list}>
          {actions.map((action, index) => {
            const error = mistake?.at === `then.${index}` ? mistake.message : null
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place; its fields hold nothing of their own
              <li key={index} className={styles.action} data-wrong={error !== null}>
                <div className={styles.line}>
                  <span className={styles.type}>
                    <Select
                      aria-label={`Action ${index + 1}`}
                      aria-invalid={error ? true : undefined}
                      value={action.type}
                      options={typeOptions}
                      onChange={(type) => set(index, make(type as ActionType))}
                    />
                  </span>
                  <div className={styles.fields}>
                    <ActionFields
                      action={action}
                      endpoints={endpoints}
                      onChange={(next) => set(index, next)}
                    />
                  </div>
                  <span className={styles.hands}>
                    <IconButton
                      label={`Move action ${index + 1} up`}
                      icon={<ArrowUp {...icon} />}
                      disabled={index === 0}
                      onClick={() => swap(index, index - 1)}
                    />
                    <IconButton
                      label={`Move action ${index + 1} down`}
                      icon={<ArrowDown {...icon} />}
                      disabled={index === actions.length - 1}
                      onClick={() => swap(index, index + 1)}
                    />
                    <IconButton
                      label={`Remove action ${index + 1}`}
                      icon={<X {...icon} />}
                      onClick={() => onChange(actions.filter((_, at) => at !== index))}
                    />
                  </span>
                </div>
                {error && (
                  <p className={styles.error} role="alert">
                    {error}
                  </p>
                )}
              </li>
            )
          })}
        </ol>
      )}
      {mistake?.at === 'then' && (
        <p className={styles.error} role="alert">
          {mistake.message}
        </p>
      )}
      <div>
        <Button icon={<Plus {...icon} />} disabled={actions.length >= mostActions} onClick={add}>
          Add action
        </Button>
      </div>
    </>
  )
}
