import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { toast } from 'sonner'
import { v7 as newId } from 'uuid'
import { isVisible } from '#core/text/visible-text.ts'
import { navigate, useHashSearch } from '../../lib/hash-location.ts'
import { issuePath } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { KeyHint } from '../../ui/key-hint.tsx'
import { type Draft, emptyDraft, keepDraft } from './draft.ts'
import { draftFor } from './draft-for.ts'
import { DraftProperties } from './draft-properties.tsx'
import styles from './new-issue-dialog.module.css'

/** Writes an issue without leaving the view. What was typed stays until it is created, however the dialog is closed. */
export function NewIssueDialog({ onClose }: { readonly onClose: () => void }) {
  const workspace = useWorkspace()
  const { memberById, labelById, byId, info } = workspace
  const run = useCommands()
  const search = useHashSearch()
  const titleId = useId()
  const title = useRef<HTMLInputElement>(null)
  const description = useRef<HTMLTextAreaElement>(null)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [draft, setDraft] = useState<Draft>(() => draftFor(search.get('q') ?? '', workspace))
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
        ...Object.fromEntries(
          referring.flatMap(({ field, entity }) => {
            const id = draft[field.key]
            return id !== null && byId.get(entity.type)?.has(id) ? [[field.command.property, id]] : []
          }),
        ),
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
    // The next one is often of the same kind.
    setDraft({ ...draft, title: '', description: '', priority: emptyDraft.priority })
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
        <DraftProperties draft={draft} onChange={change} />
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
