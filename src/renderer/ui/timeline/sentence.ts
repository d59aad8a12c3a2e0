import type { FeedItem } from '#contract/answers/answers.ts'
import { describeItem } from '#contract/describe-item.ts'
import { printDescription } from '#core/describe/print-description.ts'

/** The words around what a view draws as chips and icons. */
export type SentenceWords = { readonly statusName: (id: string) => string; readonly showIssue: boolean }

/** The whole sentence as plain text: for screen readers, tooltips and the clipboard. */
export function plainSentence(item: FeedItem, actorName: string, words: SentenceWords): string {
  const said = printDescription(describeItem(item, actorName, words.statusName), {
    changes: 'arrows',
    here: words.showIssue && item.issue ? item.issue.key : null,
    tails: ['reason', 'detail'],
  })
  return `${actorName} ${said}`
}

/** Which rule or process did it, where no person did by hand; `null` for people and imports. */
export function automationOf(
  item: FeedItem,
): { readonly rule: string | null; readonly causeId: string | null; readonly because: string | null } | null {
  if (item.triggeredBy !== 'automation') return null
  const { rule, ruleName, causationId, causationText } = item.metadata
  const named = [ruleName, rule].find((candidate) => typeof candidate === 'string')
  return {
    rule: typeof named === 'string' ? named : null,
    causeId: typeof causationId === 'string' ? causationId : null,
    because: typeof causationText === 'string' ? causationText : null,
  }
}
