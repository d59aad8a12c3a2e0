import { PenLine } from 'lucide-react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { staleOf, useCommands } from '../../lib/queries/use-commands.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Markdown } from '../../ui/markdown/markdown.tsx'
import { dropDraft, hasDraft } from '../../ui/markdown/use-draft.ts'
import { WriteBox } from '../../ui/markdown/write-box.tsx'
import styles from './issue-page.module.css'

type Props = {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly editing: boolean
  readonly onEdit: (editing: boolean) => void
}

/** The description, read or written. A draft outlives leaving the editor and the page. */
export function IssueDescription({ issue, editable, editing, onEdit }: Props) {
  const run = useCommands()
  const draftKey = `description:${issue.id}`
  const save = async (description: string, base: string) => {
    const before = base
    const outcome = await run(
      { type: 'change_description', issueId: issue.id, description, base },
      {
        quiet: true,
        done: 'Description saved',
        undo: () => [
          { type: 'change_description', issueId: issue.id, description: before, base: description },
        ],
      },
    )
    if (!outcome.ok) return staleOf(outcome) ?? outcome.message
    onEdit(false)
    return null
  }

  if (editing)
    return (
      <WriteBox
        draftKey={draftKey}
        label="Description"
        initial={issue.description}
        placeholder="What is it about? Markdown works."
        submitLabel="Save"
        onSubmit={save}
        onLeave={() => onEdit(false)}
        onDiscard={() => onEdit(false)}
        allowEmpty
        autoFocus
        tall
      />
    )
  return (
    <section className={styles.description} aria-label="Description">
      {editable && hasDraft(draftKey) && (
        <div className={styles.draft}>
          <span>You have changes here that are not saved.</span>
          <Button variant="quiet" onClick={() => onEdit(true)}>
            Continue
          </Button>
          <Button
            variant="quiet"
            onClick={() => {
              dropDraft(draftKey)
              onEdit(false)
            }}
          >
            Discard
          </Button>
        </div>
      )}
      {issue.description === '' ? (
        editable && (
          <button type="button" className={styles.addDescription} onClick={() => onEdit(true)}>
            Add a description…
          </button>
        )
      ) : (
        <>
          <Markdown text={issue.description} names={issue.descriptionNames} />
          {editable && (
            <IconButton
              className={styles.editDescription}
              label="Edit description"
              action="issue.edit-description"
              icon={<PenLine size={14} strokeWidth={1.5} />}
              onClick={() => onEdit(true)}
            />
          )}
        </>
      )}
    </section>
  )
}
