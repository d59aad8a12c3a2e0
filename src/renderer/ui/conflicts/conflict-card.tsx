import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { ConflictSide, ConflictView } from '#contract/answers/sync-answers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { Button } from '../controls/button.tsx'
import { Tooltip } from '../controls/tooltip.tsx'
import { SideBySide } from '../diff/side-by-side.tsx'
import { IssueKey } from '../issue-key.tsx'
import { Dot } from '../label-dot.tsx'
import { RelativeTime } from '../relative-time.tsx'
import styles from './conflict-card.module.css'
import { conflictedPath } from './conflicted-path.ts'
import {
  conflictFieldText,
  conflictSentence,
  isLong,
  settledText,
  sideStanding,
  typeText,
  valueText,
} from './describe-conflict.ts'
import type { ConflictActs } from './use-conflict-acts.ts'

type Props = {
  readonly conflict: ConflictView
  readonly acts: ConflictActs
  /** False on the issue's own page. */
  readonly showIssue?: boolean
  /** Whether the keys decide it, so that its buttons say which. */
  readonly keyed?: boolean
}

/** Both sides of a change that has no effect, and what can be decided about it. */
export function ConflictCard({ conflict, acts, showIssue = true, keyed = false }: Props) {
  const { me } = useWorkspace()
  const { of, issue, lost, won, settled } = conflict
  const isBusy = acts.busy.has(conflict.id)
  const hand = (what: 'flip' | 'dismiss', text: string) => {
    const button = (
      <Button
        className={styles.hand}
        disabled={isBusy}
        aria-label={`${text}: ${conflictFieldText(conflict)} of ${of.name}`}
        onClick={() => void acts.act(what, conflict)}
      >
        {text}
      </Button>
    )
    return keyed ? (
      <Tooltip text={text} keys={keysFor(what === 'flip' ? 'conflict.flip' : 'conflict.dismiss')}>
        {button}
      </Tooltip>
    ) : (
      button
    )
  }
  const mayFlip = acts.may && settled?.how !== 'flipped'
  const mayDismiss = acts.may && settled === null
  return (
    <>
      <header className={styles.head}>
        {showIssue && (
          <Link href={conflictedPath(conflict)} className={styles.issue} tabIndex={-1}>
            {issue ? (
              <IssueKey>{issue.key}</IssueKey>
            ) : (
              <span className={styles.type}>{typeText(conflict)}</span>
            )}
            <span className={styles.title} dir="auto">
              {issue?.title ?? of.name}
            </span>
          </Link>
        )}
        <p className={styles.says}>
          <span className={styles.field}>{conflictFieldText(conflict)}:</span>{' '}
          {conflictSentence(conflict, me.id)}
        </p>
      </header>
      <div className={styles.container}>
        <div className={styles.sides}>
          <Side conflict={conflict} side="lost">
            {mayFlip && hand('flip', 'Use this instead')}
          </Side>
          <Side conflict={conflict} side="won">
            {mayDismiss && hand('dismiss', 'Keep as it is')}
          </Side>
          {isLong(conflict) && (
            <div className={styles.diff}>
              <SideBySide
                left={lost.value ?? ''}
                right={won.value ?? ''}
                leftName={`${lost.actorName}, ${sideStanding(conflict, 'lost')}`}
                rightName={`${won.actorName}, ${sideStanding(conflict, 'won')}`}
              />
            </div>
          )}
        </div>
      </div>
      {settled && (
        <p className={styles.settled}>
          {settledText(settled)}, <RelativeTime at={settled.at} ago />
        </p>
      )}
    </>
  )
}

function Side({
  conflict,
  side,
  children,
}: {
  readonly conflict: ConflictView
  readonly side: 'lost' | 'won'
  readonly children: ReactNode
}) {
  const of: ConflictSide = conflict[side]
  const without = (side === 'lost') === (conflict.settled?.how !== 'flipped')
  return (
    <div className={styles.side} data-side={side}>
      {side === 'won' && !isLong(conflict) && (
        <ArrowRight size={14} strokeWidth={1.5} className={styles.arrow} aria-hidden />
      )}
      <div className={styles.of}>
        {!isLong(conflict) && (
          <p
            className={styles.value}
            dir="auto"
            data-without={without}
            data-nothing={of.value === null || of.value === ''}
          >
            {conflict.field === 'colour' && of.value !== null && <Dot colour={of.value} />}
            {valueText(conflict, side)}
          </p>
        )}
        <p className={styles.who}>
          <span className={styles.person}>
            <Avatar memberId={of.actorId} size={16} />
            <span className={styles.name} title={of.actorName}>
              {of.actorName}
            </span>
          </span>
          <span className={styles.stand} data-without={without}>
            {sideStanding(conflict, side)}
          </span>
          <RelativeTime at={of.at} ago />
        </p>
      </div>
      {children}
    </div>
  )
}
