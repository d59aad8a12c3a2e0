import { MessageSquareText, X } from 'lucide-react'
import { useState } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { useRunMany } from '../../lib/queries/run-many.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { transitionStep } from '../../ui/issues/transition-step.ts'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './issue-page.module.css'

/** The status, and the moves that the issue machine allows from it, each with a reason if one wants to give it. */
export function MoveButtons({ issue }: { readonly issue: IssueDetail }) {
  const { stateById } = useWorkspace()
  const runMany = useRunMany()
  const [reason, setReason] = useState<string | null>(null)

  const move = (name: string, to: string) => {
    const step = transitionStep(issue, name)
    const why = reason?.trim()
    void runMany(
      [
        why && step.command.type === 'transition'
          ? { ...step, command: { ...step.command, reason: why } }
          : step,
      ],
      () => `Moved to ${stateById.get(to)?.name ?? to}`,
    )
    setReason(null)
  }

  return (
    <div className={styles.moves}>
      <span className={styles.status} data-picker="status">
        <StatusRing status={issue.status} />
        {stateById.get(issue.status)?.name ?? issue.status}
      </span>
      {issue.transitions.map((transition) => (
        <Button
          key={transition.name}
          icon={<StatusRing status={transition.to} />}
          onClick={() => move(transition.name, transition.to)}
          title={`Move to ${stateById.get(transition.to)?.name ?? transition.to}`}
        >
          {transition.label}
        </Button>
      ))}
      {issue.transitions.length > 0 &&
        (reason === null ? (
          <IconButton
            label="Give a reason with the next move"
            icon={<MessageSquareText size={16} strokeWidth={1.5} />}
            onClick={() => setReason('')}
          />
        ) : (
          <span className={styles.reason}>
            <input
              className={styles.reasonField}
              dir="auto"
              aria-label="Reason for the next move"
              placeholder="Reason, then choose a move"
              value={reason}
              // biome-ignore lint/a11y/noAutofocus: opened by the person's own click, to type into
              autoFocus
              onChange={(event) => setReason(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return
                event.stopPropagation()
                setReason(null)
              }}
            />
            <IconButton
              label="No reason"
              icon={<X size={14} strokeWidth={1.5} />}
              onClick={() => setReason(null)}
            />
          </span>
        ))}
    </div>
  )
}
