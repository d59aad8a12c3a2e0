import type { Ref } from 'react'
import { v7 as newId } from 'uuid'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { WriteBox } from '../../ui/markdown/write-box.tsx'

/** Where a comment is written. What was typed stays, whatever is opened in between, until it is sent. */
export function CommentBox({
  issueId,
  ref,
}: {
  readonly issueId: string
  readonly ref?: Ref<HTMLTextAreaElement>
}) {
  const run = useCommands()
  const send = async (body: string) => {
    const outcome = await run({ type: 'comment', issueId, commentId: newId(), body }, { quiet: true })
    return outcome.ok ? null : outcome.message
  }
  return (
    <WriteBox
      ref={ref}
      draftKey={`comment:${issueId}`}
      label="Write a comment"
      placeholder="Write a comment"
      submitLabel="Comment"
      onSubmit={send}
    />
  )
}
