import { Flag, Tag, User } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { toast } from 'sonner'
import { v7 as newId } from 'uuid'
import { type Priority, priorities } from '#core/issue/fields/priority-order.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { isVisible } from '#core/text/visible-text.ts'
import { navigate, useHashSearch } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar, AvatarStack } from '../../ui/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { PickList } from '../../ui/controls/pick-list.tsx'
import { nameAsValue, valuesOf } from '../../ui/filter/query-terms.ts'
import { KeyHint } from '../../ui/key-hint.tsx'
import { Dot, LabelDot } from '../../ui/label-dot.tsx'
import { PriorityBars, priorityName } from '../../ui/priority-bars.tsx'
import { type Draft, emptyDraft, keepDraft, readDraft } from './draft.ts'
import styles from './new-issue-dialog.module.css'
import { ProjectChoice } from './project-choice.tsx'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const
const switched = (list: readonly string[], id: string): readonly string[] =>
  list.includes(id) ? list.filter((each) => each !== id) : [...list, id]

/** Writes an issue without leaving the view. What was typed stays until it is created, however the dialog is closed. */
export function NewIssueDialog({ onClose }: { readonly onClose: () => void }) {
  const { me, members, labels, projects, memberById, labelById, projectById, info } = useWorkspace()
  const run = useCommands()
  const search = useHashSearch()
  const titleId = useId()
  const title = useRef<HTMLInputElement>(null)
  const description = useRef<HTMLTextAreaElement>(null)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = readDraft()
    if (kept.title !== '' || kept.description !== '') return kept
    // A fresh one takes what the list on screen is about.
    const query = search.get('q') ?? ''
    const wantedLabels = valuesOf(query, 'label').flatMap(
      (name) => labels.find((label) => foldedName(nameAsValue(label.name)) === foldedName(name))?.id ?? [],
    )
    const wantedPeople = valuesOf(query, 'assignee').flatMap((handle) =>
      handle === '@me' ? me.id : (members.find((member) => nameAsValue(member.handle) === handle)?.id ?? []),
    )
    const [wantedProject] = valuesOf(query, 'project')
    const project =
      projects.find(({ name }) => foldedName(nameAsValue(name)) === foldedName(wantedProject ?? ''))?.id ??
      null
    return { ...kept, labels: wantedLabels, project, assignees: wantedPeople }
  })
  const change = (part: Partial<Draft>) => {
    setError(null)
    setDraft((now) => ({ ...now, ...part }))
  }
  useEffect(() => keepDraft(draft), [draft])
  // The text grows with what is written, up to where the dialog scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => {
    const area = description.current
    if (!area) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [draft.description])

  const create = async (another: boolean) => {
    if (busy) return
    if (!isVisible(draft.title)) {
      setError('Give it a title first.')
      title.current?.focus()
      return
    }
    setBusy(true)
    const outcome = await run(
      {
        type: 'create',
        issueId: newId(),
        title: draft.title,
        ...(draft.description.trim() === '' ? {} : { description: draft.description }),
        ...(draft.priority === 'none' ? {} : { priority: draft.priority }),
        assignees: draft.assignees.filter((id) => memberById.has(id)),
        labels: draft.labels.filter((id) => labelById.has(id)),
        ...(draft.project !== null && projectById.has(draft.project) ? { projectId: draft.project } : {}),
      },
      { quiet: true },
    )
    setBusy(false)
    if (!outcome.ok) {
      setError(outcome.message)
      return
    }
    const { key } = outcome.value
    toast(
      `${key ?? 'The issue'} created`,
      key ? { action: { label: 'Open', onClick: () => navigate(issuePath(key)) } } : {},
    )
    const { labels: sameLabels, project, assignees } = draft
    setDraft({ ...emptyDraft, labels: sameLabels, project, assignees })
    keepDraft(null)
    if (another) title.current?.focus()
    else onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void create(false)
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      void create(event.shiftKey)
    }
  }
  return (
    <Dialog open onClose={onClose} title="New issue" width={680} bare initialFocus={title}>
      <form className={styles.form} onSubmit={submit} onKeyDown={keys} noValidate>
        <p className={styles.where} aria-hidden>
          {info.workspace.name} <span>›</span> New issue
        </p>
        <label htmlFor={titleId} className="visually-hidden">
          Title
        </label>
        <input
          ref={title}
          id={titleId}
          className={styles.title}
          dir="auto"
          placeholder="Title"
          value={draft.title}
          maxLength={500}
          autoComplete="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${titleId}-error` : undefined}
          onChange={(event) => change({ title: event.target.value })}
        />
        <textarea
          ref={description}
          className={styles.description}
          dir="auto"
          aria-label="Description"
          placeholder="Description, in Markdown"
          rows={4}
          value={draft.description}
          onChange={(event) => change({ description: event.target.value })}
        />
        <div className={styles.properties}>
          <PickList
            label="Priority"
            items={[...priorities].reverse().map((priority) => ({
              id: priority,
              label: priorityName[priority],
              icon: <PriorityBars priority={priority} />,
              chosen: draft.priority === priority,
            }))}
            onPick={({ id }) => change({ priority: id as Priority })}
            trigger={
              <Button
                icon={
                  draft.priority === 'none' ? <Flag {...icon} /> : <PriorityBars priority={draft.priority} />
                }
                aria-label={`Priority: ${priorityName[draft.priority]}`}
              >
                {draft.priority === 'none' ? 'Priority' : priorityName[draft.priority]}
              </Button>
            }
          />
          <PickList
            label="Assignees"
            many
            items={members.map((member) => ({
              id: member.id,
              label: member.name,
              hint: member.id === me.id ? 'you' : `@${member.handle}`,
              icon: <Avatar memberId={member.id} size={16} />,
              chosen: draft.assignees.includes(member.id),
            }))}
            onPick={({ id }) => change({ assignees: switched(draft.assignees, id) })}
            trigger={
              <Button
                aria-label={`Assignees: ${draft.assignees.map((id) => memberById.get(id)?.name).join(', ') || 'nobody'}`}
                icon={
                  draft.assignees.length === 0 ? (
                    <User {...icon} />
                  ) : (
                    <AvatarStack memberIds={draft.assignees} size={16} />
                  )
                }
              >
                {draft.assignees.length === 1
                  ? memberById.get(draft.assignees[0] ?? '')?.name
                  : draft.assignees.length > 1
                    ? `${draft.assignees.length} people`
                    : 'Assignee'}
              </Button>
            }
          />
          <PickList
            label="Labels"
            many
            items={labels.map((label) => ({
              id: label.id,
              label: label.name,
              icon: <Dot colour={label.colour} />,
              chosen: draft.labels.includes(label.id),
            }))}
            onPick={({ id }) => change({ labels: switched(draft.labels, id) })}
            createLabel="Create label"
            onCreate={async (name) => {
              const labelId = newId()
              if ((await run({ type: 'create_label', labelId, name })).ok)
                change({ labels: [...draft.labels, labelId] })
            }}
            trigger={
              <Button
                aria-label={`Labels: ${draft.labels.map((id) => labelById.get(id)?.name).join(', ') || 'none'}`}
                icon={<Tag {...icon} />}
                className={styles.labels}
              >
                {draft.labels.length === 0
                  ? 'Labels'
                  : draft.labels.slice(0, 3).map((id) => <LabelDot key={id} labelId={id} />)}
                {draft.labels.length > 3 && `+${draft.labels.length - 3}`}
              </Button>
            }
          />
          <ProjectChoice value={draft.project} onChange={(project) => change({ project })} />
        </div>
        {error && (
          <p id={`${titleId}-error`} className={styles.error} role="alert">
            {error}
          </p>
        )}
        <div className={styles.actions}>
          <span className={styles.kept}>
            {draft.title !== '' || draft.description !== '' ? 'Kept as a draft until created' : ''}
          </span>
          <Button variant="quiet" onClick={onClose}>
            Close
          </Button>
          <Button
            variant="primary"
            type="submit"
            disabled={busy || info.readOnly}
            aria-keyshortcuts="Control+Enter"
          >
            Create issue
            <span className={styles.hint}>
              <KeyHint keys="$mod+Enter" />
            </span>
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
