/** Where things are in the window, for whoever leads there: hash routes, without the `#`. A screen that nobody else leads to says its path itself. */
const withQuery = (path: string, name: string, value: string): string =>
  value.trim() === '' ? path : `${path}?${new URLSearchParams({ [name]: value })}`

/** The patterns of addresses that hold something, as the router reads them. */
export const routes = {
  issue: '/issue/:key',
  member: '/member/:id',
  settings: '/settings/:section?',
  rule: '/rules/:id',
} as const

/** @returns the address with a part filled in for its parameter */
const filled = (route: string, parameter: string, part: string): string =>
  route.replace(parameter, () => part)

export const issuesPath = (query: string): string => withQuery('/issues', 'q', query)
export const boardPath = (query: string): string => withQuery('/board', 'q', query)
export const issuePath = (key: string): string => filled(routes.issue, ':key', encodeURIComponent(key))
export const memberPath = (memberId: string): string => filled(routes.member, ':id', memberId)
export const searchPath = (text: string): string => withQuery('/search', 'text', text)
export const inboxPath = '/inbox'
export const peopleAndLabelsPath = '/people-and-labels'
/** @param section an inbox's name; the first section without one. */
export const settingsPath = (section?: string): string =>
  section === undefined
    ? filled(routes.settings, '/:section?', '')
    : filled(routes.settings, ':section?', encodeURIComponent(section))
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
export const rulePath = (ruleId: string): string => filled(routes.rule, ':id', encodeURIComponent(ruleId))

/** The lists that the sidebar names. */
export const presets = {
  mine: 'is:open assignee:@me',
  open: 'is:open',
  closed: 'is:closed sort:updated-desc',
} as const

/** A term of the filter language with its value quoted where it must be. */
export const term = (field: string, value: string): string =>
  `${field}:${/^[\p{L}\p{N}@._+/-]+$/u.test(value) ? value : `"${value.replaceAll('"', '')}"`}`
