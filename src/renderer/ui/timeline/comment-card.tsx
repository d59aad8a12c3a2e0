import { PenLine, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { FeedItem } from '#contract/answers/answers.ts'
import { staleOf, useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { Button, IconButton } from '../controls/button.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { dropDraft, hasDraft, readTextDraft } from '../markdown/use-draft.ts'
import { WriteBox } from '../markdown/write-box.tsx'
import { exactTime } from '../relative-time.tsx'
import styles from './feed.module.css'
import { Actor, FeedLine, type FeedSurroundings, HappenedAt } from './feed-line.tsx'
import { IssueName } from './sentence-view.tsx'

/** Bodies longer than this (characters) show their beginning, so that one long comment doesn't bury the rest. */
const longBody = 3_000

type Props = { readonly item: FeedItem; readonly around: FeedSurroundings }

/** A comment as a card on the rail; its author can edit and delete it. */
export function CommentCard({ item, around }: Props) {
  const { me, info } = useWorkspace()
  const run = useCommands()
  const { comment, issue } = item
  const draftKey = `comment-edit:${comment?.id}`
  const [editing, setEditing] = useState(() => comment !== null && hasDraft(draftKey))
  const [sure, setSure] = useState(false)
  const [whole, setWhole] = useState(false)
  if (!comment || !issue) return <FeedLine item={item} around={around} />

  const mine = item.actorId === me.id && !info.readOnly && !comment.deleted
  const ids = { issueId: issue.id as never, commentId: comment.id as never }
  const long = comment.body.length > longBody && !whole
  const save = async (body: string, base: string) => {
    const outcome = await run({ type: 'edit_comment', ...ids, body, base }, { quiet: true })
    if (!outcome.ok) return staleOf(outcome) ?? outcome.message
    setEditing(false)
    return null
  }

  return (
    <article className={styles.comment} aria-label={`Comment, ${exactTime(item.occurredAt)}`}>
      <span className={styles.icon}>
        <Avatar memberId={item.actorId} size={24} />
      </span>
      <div className={styles.card}>
        <header className={styles.cardHead}>
          <Actor item={item} pictured={false} />
          <span className={styles.said}>
            commented{' '}
            {around.showIssue && (
              <>
                on <IssueName name={issue.key} title={issue.title} />
              </>
            )}
            {comment.editedAt !== null && !comment.deleted && (
              <span title={`Edited ${exactTime(comment.editedAt)}`}> · edited</span>
            )}
          </span>
          {mine && !editing && (
            <span className={styles.own}>
              <IconButton
                label="Edit comment"
                icon={<PenLine size={14} strokeWidth={1.5} />}
                onClick={() => setEditing(true)}
              />
              <IconButton
                label="Delete comment"
                icon={<Trash2 size={14} strokeWidth={1.5} />}
                onClick={() => setSure(true)}
              />
            </span>
          )}
          <HappenedAt item={item} />
        </header>
        {comment.deleted || item.erased ? (
          <p className={styles.gone}>
            {item.erased ? 'The text of this comment was erased.' : 'This comment was deleted.'}
            {hasDraft(draftKey) && (
              <>
                {' '}
                What you were writing there is kept in this window:
                <span className={styles.kept} dir="auto">
                  {readTextDraft(draftKey)}
                </span>
              </>
            )}
          </p>
        ) : editing ? (
          <div className={styles.editing}>
            <WriteBox
              draftKey={draftKey}
              label="Edit comment"
              initial={comment.body}
              submitLabel="Save"
              onSubmit={save}
              onLeave={() => setEditing(false)}
              onDiscard={() => {
                dropDraft(draftKey)
                setEditing(false)
              }}
              autoFocus
            />
          </div>
        ) : (
          <div className={styles.cardBody} data-long={long || undefined}>
            <Markdown
              text={long ? comment.body.slice(0, longBody).toWellFormed() : comment.body}
              names={comment.bodyNames}
            />
            {long && (
              <button type="button" className={styles.whole} onClick={() => setWhole(true)}>
                Show the whole comment
              </button>
            )}
          </div>
        )}
        {sure && !comment.deleted && (
          <div className={styles.sure} role="alertdialog" aria-label="Delete this comment?">
            Delete this comment? It can’t be brought back.
            <Button variant="plain" onClick={() => setSure(false)}>
              Keep
            </Button>
            <Button
              variant="danger"
              autoFocus
              onClick={() => {
                setSure(false)
                void run({ type: 'delete_comment', ...ids })
              }}
            >
              Delete
            </Button>
          </div>
        )}
      </div>
    </article>
  )
}
