/** What the history strip tells apart; the place in the list is the number in `activity.kind`. */
export const activityKinds = ['created', 'moved', 'talked', 'changed', 'automated'] as const
export type ActivityKind = (typeof activityKinds)[number]

/** The kind of an event, or `undefined` for one that no feed shows. */
export function activityKind(type: string, triggeredBy: string): number | undefined {
  if (type === 'viewed') return undefined
  if (triggeredBy === 'automation') return 4
  if (type === 'created') return 0
  if (type === 'status_changed') return 1
  if (type === 'commented' || type === 'comment_edited' || type === 'comment_deleted') return 2
  return 3
}

export const hourMillis = 3_600_000
