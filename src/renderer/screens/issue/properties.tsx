import type { ReactNode, RefObject } from 'react'
import { Link } from 'wouter'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { plainValue } from '#core/describe/plain-value.ts'
import type { Field } from '#core/issue/fields/field.ts'
import { fieldsOf, fieldValue, type IssueField, kindOf } from '#core/issue/fields/fields.ts'
import type { Priority } from '#core/issue/fields/priority-order.ts'
import { memberPath } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { EntityName } from '../../ui/entity-name.tsx'
import { DayField } from '../../ui/fields/day-field.tsx'
import { rankText } from '../../ui/fields/field-words.ts'
import { NumberField } from '../../ui/fields/number-field.tsx'
import styles from '../../ui/fields/property.module.css'
import type { PickerKind } from '../../ui/issues/issue-picker.tsx'
import { LabelDot } from '../../ui/label-dot.tsx'
import { PriorityBars } from '../../ui/priority-bars.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import { Attachments } from './attachments.tsx'
import { Links } from './links.tsx'

type Props = {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly onPick: (kind: PickerKind, anchor: Element) => void
  readonly onAddLink: () => void
  readonly onSubscribe: () => void
  readonly onMute: () => void
  readonly dueField: RefObject<HTMLInputElement | null>
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Person({ id }: { readonly id: string }) {
  const { memberById } = useWorkspace()
  return (
    <span className={styles.person}>
      <Avatar memberId={id} size={18} />
      <span className={styles.personName}>{memberById.get(id)?.name ?? 'Someone'}</span>
    </span>
  )
}

/** A word of an order; the priority has its bars beside it. */
function Rank({ field, issue }: { readonly field: IssueField; readonly issue: IssueDetail }) {
  const value = String(issue[field.key])
  return (
    <span className={styles.person}>
      {field.key === 'priority' && <PriorityBars priority={value as Priority} />}
      {rankText(field, value)}
    </span>
  )
}

/** What a field refers to. */
function Referred({ field, issue }: { readonly field: IssueField; readonly issue: IssueDetail }) {
  const kind = kindOf(field)
  const id = fieldValue(issue, field)
  if (id === null) return <span className={styles.nothing}>None</span>
  if (kind.operand !== 'reference') return null
  return kind.to === 'member' ? <Person id={String(id)} /> : <EntityName type={kind.to} id={String(id)} />
}

/** What is known of an issue beside its text; every line that can be changed is a button. */
export function Properties({ issue, editable, onPick, onAddLink, onSubscribe, onMute, dueField }: Props) {
  const { me, stateById, info } = useWorkspace()
  const subscribed = issue.subscribers.includes(me.id)
  const fields = Object.entries(issue.fields).filter(([, value]) => plainValue(value) !== '')
  const pick = (kind: PickerKind, name: string, shown: ReactNode, can = editable) =>
    can ? (
      <button
        type="button"
        className={styles.pick}
        data-picker={kind}
        aria-haspopup="listbox"
        onClick={(event) => onPick(kind, event.currentTarget)}
      >
        <span className="visually-hidden">Change {name}: </span>
        {shown}
      </button>
    ) : (
      <span className={styles.fixed}>{shown}</span>
    )

  const editor = (field: IssueField): ReactNode => {
    switch (kindOf(field).operand) {
      case 'rank':
        return pick(field.key as PickerKind, field.title.toLowerCase(), <Rank field={field} issue={issue} />)
      case 'reference':
        return pick(
          field.key as PickerKind,
          field.title.toLowerCase(),
          <Referred field={field} issue={issue} />,
        )
      case 'number':
        return <NumberField field={field} issue={issue} editable={editable} />
      case 'day':
        return (
          <DayField
            field={field}
            issue={issue}
            editable={editable}
            ref={field.key === 'dueDate' ? dueField : undefined}
          />
        )
      default:
        return null
    }
  }
  const fieldRows = (...operands: readonly Field['kind']['operand'][]): ReactNode =>
    fieldsOf(...operands).map((field) => (
      <Row key={field.key} name={field.column}>
        {editor(field)}
      </Row>
    ))

  return (
    <div className={styles.properties}>
      <dl className={styles.list}>
        <Row name="Status">
          {pick(
            'status',
            'status',
            <span className={styles.person}>
              <StatusRing status={issue.status} />
              {stateById.get(issue.status)?.name ?? issue.status}
            </span>,
            editable && issue.transitions.length > 0,
          )}
        </Row>
        {fieldRows('rank')}
        <Row name="Assignees">
          {pick(
            'assign',
            'assignees',
            issue.assignees.length === 0 ? (
              <span className={styles.nothing}>Nobody</span>
            ) : (
              <span className={styles.people}>
                {issue.assignees.map((id) => (
                  <Person key={id} id={id} />
                ))}
              </span>
            ),
          )}
        </Row>
        <Row name="Labels">
          {pick(
            'label',
            'labels',
            issue.labels.length === 0 ? (
              <span className={styles.nothing}>None</span>
            ) : (
              <span className={styles.labels}>
                {issue.labels.map((id) => (
                  <LabelDot key={id} labelId={id} />
                ))}
              </span>
            ),
          )}
        </Row>
        {fieldRows('reference', 'day', 'number')}
      </dl>

      <Links issue={issue} editable={editable} onAdd={onAddLink} />
      <Attachments files={issue.attachments} />

      <section className={styles.block} aria-label="Subscribers">
        <div className={styles.blockHead}>
          <h3>Subscribers</h3>
          {!info.readOnly && issue.asOf === null && (
            <span>
              <Button variant="quiet" onClick={onMute}>
                {issue.muted ? 'Unmute' : 'Mute'}
              </Button>
              <Button variant="quiet" onClick={onSubscribe}>
                {subscribed ? 'Unsubscribe' : 'Subscribe'}
              </Button>
            </span>
          )}
        </div>
        {issue.subscribers.length === 0 ? (
          <p className={styles.nothing}>Nobody hears of changes here</p>
        ) : (
          <ul className={styles.subscribers}>
            {issue.subscribers.slice(0, 24).map((id) => (
              <li key={id}>
                <Link href={memberPath(id)} className={styles.subscriber}>
                  <Avatar memberId={id} size={22} named />
                </Link>
              </li>
            ))}
            {issue.subscribers.length > 24 && (
              <li className={styles.nothing}>and {issue.subscribers.length - 24} more</li>
            )}
          </ul>
        )}
      </section>

      <dl className={styles.list} data-quiet>
        <Row name="Created">
          <span className={styles.fixed}>
            <RelativeTime at={issue.createdAt} />
          </span>
        </Row>
        {issue.authorId && (
          <Row name="Author">
            <Link href={memberPath(issue.authorId)} className={styles.author}>
              <Person id={issue.authorId} />
            </Link>
          </Row>
        )}
        <Row name="Updated">
          <span className={styles.fixed}>
            <RelativeTime at={issue.updatedAt} />
          </span>
        </Row>
        {issue.externalKey && (
          <Row name="Imported as">
            <code className={styles.code}>{issue.externalKey}</code>
          </Row>
        )}
        {fields.map(([name, value]) => (
          <Row key={name} name={name}>
            <span className={styles.field} title={plainValue(value, 2_000)}>
              {plainValue(value, 160)}
            </span>
          </Row>
        ))}
      </dl>
    </div>
  )
}
