import { useEffect, useRef } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'

/** Records once an opening that this person has seen the issue; the host drops repeats within minutes. */
export function useMarkViewed(issue: IssueDetail | undefined): void {
  const run = useCommands()
  const { info } = useWorkspace()
  const seen = useRef<string | null>(null)
  const id = issue?.asOf === null ? issue.id : undefined
  useEffect(() => {
    if (id === undefined || info.readOnly || seen.current === id) return
    seen.current = id
    void run({ type: 'mark_viewed', issueId: id }, { quiet: true })
  }, [id, info.readOnly, run])
}
