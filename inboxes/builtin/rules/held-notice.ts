import type { KnownRule } from '#core/rules/rule.ts'
import type { Notice } from '../../contract/notice-book.ts'
import type { LogReader } from '../../log/log-reader.ts'

/** What the in-app inbox says of a rule that waits for an answer; `undefined` where the rule's events are not here. */
export function heldNotice(
  { id, rule }: KnownRule,
  issues: number,
  more: boolean,
  reader: Pick<LogReader, 'ofRule' | 'position'>,
): Notice | undefined {
  const last = reader.ofRule(id).at(-1)
  if (!last) return undefined
  return {
    streamId: id,
    eventId: last.id,
    // Newer than all that was told before, whenever the rule was written.
    position: reader.position(),
    reason: 'rule',
    occurredAt: Date.now(),
    text: `“${rule.name}” would act on ${issues}${more ? ' or more' : ''} issues at once. It waits for your answer.`,
  }
}
