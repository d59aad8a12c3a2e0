import type { IssueChange } from '#core/issue-events.ts'

/** What a rule can wait for: whoever only looks at an issue changes nothing. */
type OccasionType = Exclude<IssueChange['type'], 'viewed'>

/** In the order in which they are offered: what rules wait for most comes first. */
const names: Readonly<Record<OccasionType, string>> = {
  created: 'created',
  status_changed: 'status changed',
  commented: 'commented',
  assigned: 'assigned',
  unassigned: 'unassigned',
  labeled: 'label added',
  unlabeled: 'label removed',
  priority_changed: 'priority changed',
  due_date_changed: 'due date changed',
  project_changed: 'project changed',
  title_changed: 'title changed',
  description_changed: 'description changed',
  comment_edited: 'comment edited',
  comment_deleted: 'comment deleted',
  linked: 'linked',
  unlinked: 'link removed',
  archived: 'archived',
  restored: 'restored',
  attached: 'file attached',
  field_changed: 'another field changed',
  subscribed: 'subscribed',
  unsubscribed: 'unsubscribed',
  muted: 'muted',
  unmuted: 'unmuted',
  notified: 'notified by a rule',
  conflict_settled: 'conflict settled',
  numbered: 'numbered by the server',
}

export const occasionTypes: readonly string[] = Object.keys(names)

/** How people call it. */
export const occasionName = (type: string): string =>
  (names as Readonly<Record<string, string>>)[type] ?? type.replaceAll('_', ' ')
