import type { WorkspaceNote } from '#contract/answers/answers.ts'
import { correctingCommand, standingWords } from '#contract/describe-clock.ts'
import { clockStanding } from '#db/log/clock-jumps.ts'
import { gapSentence, type HeadGap } from '../workspace/log-head.ts'
import type { Workspace } from '../workspace/workspace.ts'

/**
 * What a person should know of the workspace's history itself, whichever screen is open: that it ends before what was recorded here, and that clocks were wrong.
 * @param gap as it was found when the workspace was opened. @param now milliseconds.
 */
export function workspaceNotes(
  { database, folder }: Pick<Workspace, 'database' | 'folder'>,
  gap: HeadGap | null,
  now: number,
): readonly WorkspaceNote[] {
  const standing = clockStanding(database, now)
  const sentences = standingWords(standing).map((sentence) => `${sentence}.`)
  return [
    ...(gap
      ? [
          {
            code: 'log_behind' as const,
            title: gap.here < gap.recorded ? 'Part of the history is missing' : 'The history was replaced',
            text: gapSentence(folder, gap),
            command: null,
          },
        ]
      : []),
    ...(sentences.length > 0
      ? [
          {
            code: 'wrong_clock' as const,
            title: 'A clock was wrong',
            text: sentences.join(' '),
            command: correctingCommand(standing) ?? null,
          },
        ]
      : []),
  ]
}
