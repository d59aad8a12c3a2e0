/** Where things are in the window. Hash routes, without the `#`. */
const withQuery = (path: string, name: string, value: string): string =>
  value.trim() === '' ? path : `${path}?${new URLSearchParams({ [name]: value })}`

export const issuesPath = (query: string): string => withQuery('/issues', 'q', query)
export const boardPath = (query: string): string => withQuery('/board', 'q', query)
export const issuePath = (key: string): string => `/issue/${encodeURIComponent(key)}`
export const memberPath = (memberId: string): string => `/member/${memberId}`
export const searchPath = (text: string): string => withQuery('/search', 'text', text)
export const inboxPath = '/inbox'
export const activityPath = '/activity'
export const peopleAndLabelsPath = '/people-and-labels'
/** @param section an inbox's name; the first section without one. */
export const settingsPath = (section?: string): string =>
  section === undefined ? '/settings' : `/settings/${encodeURIComponent(section)}`
/** The section of the settings that is no inbox's. */
export const teamSection = 'team'
export const teamPath = settingsPath(teamSection)
export const deliveriesPath = '/deliveries'
/** @param of the conflicts of one issue, and of these the one of this event */
export const conflictsPath = (of: { readonly issueId?: string; readonly eventId?: string } = {}): string => {
  const search = new URLSearchParams({
    ...(of.issueId === undefined ? {} : { issue: of.issueId }),
    ...(of.eventId === undefined ? {} : { event: of.eventId }),
  })
  return search.size === 0 ? '/conflicts' : `/conflicts?${search}`
}
export const rulesPath = '/rules'
/** @param ruleId `new` for one that is to be written. */
export const rulePath = (ruleId: string): string => `/rules/${encodeURIComponent(ruleId)}`

/** The lists that the sidebar names. */
export const presets = {
  mine: 'is:open assignee:@me',
  open: 'is:open',
  closed: 'is:closed sort:updated-desc',
} as const

/** A term of the filter language with its value quoted where it must be. */
export const term = (field: string, value: string): string =>
  `${field}:${/^[\p{L}\p{N}@._+/-]+$/u.test(value) ? value : `"${value.replaceAll('"', '')}"`}`
