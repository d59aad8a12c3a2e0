/** A state of the default workflow. */
export type MappedStatus = 'open' | 'in_progress' | 'resolved' | 'closed'

/** Names that trackers give to states, lower case; anything else is judged by its category, or counts as open. */
const byName: Readonly<Record<string, MappedStatus>> = {
  open: 'open',
  new: 'open',
  'to do': 'open',
  todo: 'open',
  backlog: 'open',
  reopened: 'open',
  'selected for development': 'open',
  blocked: 'open',
  deferred: 'open',
  pinned: 'open',
  waiting: 'open',
  triage: 'open',
  'needs info': 'open',
  'in progress': 'in_progress',
  in_progress: 'in_progress',
  'in review': 'in_progress',
  'in development': 'in_progress',
  'in testing': 'in_progress',
  testing: 'in_progress',
  hooked: 'in_progress',
  doing: 'in_progress',
  review: 'in_progress',
  resolved: 'resolved',
  fixed: 'resolved',
  'ready for release': 'resolved',
  closed: 'closed',
  done: 'closed',
  completed: 'closed',
  cancelled: 'closed',
  canceled: 'closed',
  tombstone: 'closed',
  rejected: 'closed',
  "won't do": 'closed',
  "won't fix": 'closed',
  released: 'closed',
  verified: 'closed',
}

const byCategory: Readonly<Record<string, MappedStatus>> = {
  new: 'open',
  indeterminate: 'in_progress',
  done: 'closed',
}

/** @param category Jira's own of the state: `new`, `indeterminate` or `done`. */
export function mapStatus(name: string, category = ''): MappedStatus {
  const key = name.trim().toLowerCase()
  const named = Object.hasOwn(byName, key) ? byName[key] : undefined
  return named ?? (Object.hasOwn(byCategory, category) ? byCategory[category] : undefined) ?? 'open'
}

/** What the default workflow calls a move, or would call it where it knows no such move (the source's workflow was another). */
export function transitionBetween(from: string, to: string): string {
  if (to === 'closed') return 'close'
  if (to === 'resolved') return 'resolve'
  if (from === 'resolved' || from === 'closed') return 'reopen'
  return to === 'in_progress' ? 'start' : 'stop'
}
