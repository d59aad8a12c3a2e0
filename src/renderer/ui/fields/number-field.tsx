import { useEffect, useState } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { fieldValue, type IssueField, kindOf } from '#core/issue/fields/fields.ts'
import { unitOf } from '#core/issue/fields/units.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { settingOf } from './field-command.ts'
import styles from './property.module.css'

/** A field that is a number. It counts once it is left; what is no such number goes back to what was there. */
export function NumberField({
  field,
  issue,
  editable,
}: {
  readonly field: IssueField
  readonly issue: IssueDetail
  readonly editable: boolean
}) {
  const run = useCommands()
  const { info } = useWorkspace()
  const { title } = field
  const kind = kindOf(field)
  const saved = fieldValue(issue, field)
  const text = saved === null ? '' : String(saved)
  const [typed, setTyped] = useState(text)
  useEffect(() => setTyped(text), [text])
  if (kind.operand !== 'number') return null
  const save = (valid: boolean) => {
    const to = typed.trim() === '' ? null : Number(typed)
    if (!valid || (to === null && !kind.nullable)) return setTyped(text)
    if (to === saved) return
    void run(settingOf(field, issue.id, to), {
      done: `${title} ${to === null ? 'removed' : 'set'}`,
      undo: () => [settingOf(field, issue.id, saved)],
    })
  }
  const unit = unitOf(field, info.workspace.units)
  return (
    <span className={styles.counted}>
      <input
        type="number"
        aria-label={title}
        className={styles.number}
        disabled={!editable}
        placeholder="None"
        min={kind.least}
        max={kind.most}
        step={10 ** -kind.decimals}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key !== 'Escape') return
          event.stopPropagation()
          setTyped(text)
        }}
        onBlur={(event) => save(event.currentTarget.validity.valid)}
      />
      {unit && text !== '' && <span className={styles.unit}>{saved === 1 ? unit.one : unit.many}</span>}
    </span>
  )
}
