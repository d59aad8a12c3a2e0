import type { ActionEntry, ViewName } from './action-entry.ts'

/**
 * Every action of the window but those that go to a screen, which the screens declare: the palette lists them, the sheet of
 * shortcuts explains them, tooltips show their keys, and the keyboard starts them. Each names the views that do it; the type checker holds a view to what is said of it here
 * (`useViewActions`), and `e2e/every-key.spec.ts` presses each key in each of its views.
 */
export const actions = {
  palette: {
    name: 'Open the command palette',
    group: 'Everywhere',
    keys: ['$mod+k'],
    whileTyping: true,
    keysOnly: true,
  },
  'new-issue': { name: 'New issue', group: 'Everywhere', keys: ['c'], also: 'create add write' },
  search: { name: 'Search', group: 'Everywhere', keys: ['/'], also: 'find' },
  save: { name: 'Save', group: 'Everywhere', in: ['settings', 'rule'], keys: ['$mod+s'], whileTyping: true },
  undo: { name: 'Undo', group: 'Everywhere', keys: ['$mod+z'] },
  shortcuts: {
    name: 'Show keyboard shortcuts',
    group: 'Everywhere',
    keys: ['Shift+?', '?'],
    also: 'help keys',
  },
  'toggle-sidebar': { name: 'Show or hide the sidebar', group: 'Everywhere', keys: ['['], also: 'collapse' },
  'toggle-theme': {
    name: 'Switch between light and dark',
    group: 'Everywhere',
    keys: ['$mod+Shift+l', '$mod+Shift+L'],
    also: 'theme',
  },
  'issue.status': {
    name: 'Change status…',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['s'],
    also: 'transition move close resolve start reopen',
  },
  'issue.assign': {
    name: 'Assign to…',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['a'],
    also: 'unassign person',
  },
  'issue.assign-me': { name: 'Assign to me', group: 'Issue', in: ['list', 'board', 'issue'], keys: ['i'] },
  'issue.label': {
    name: 'Change labels…',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['l'],
    also: 'tag',
  },
  'issue.project': {
    name: 'Move to project…',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['Shift+P'],
    also: 'change project',
  },
  'issue.priority': { name: 'Change priority…', group: 'Issue', in: ['list', 'board', 'issue'], keys: ['p'] },
  'issue.archive': {
    name: 'Archive',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['e'],
    also: 'delete remove restore',
  },
  'issue.edit-title': { name: 'Edit title', group: 'Issue', in: ['issue'], keys: ['t'], also: 'rename' },
  'issue.edit-description': { name: 'Edit description', group: 'Issue', in: ['issue'], keys: ['d'] },
  'issue.comment': { name: 'Comment', group: 'Issue', in: ['issue'], keys: ['m'], also: 'reply talk' },
  'issue.due': { name: 'Set due date…', group: 'Issue', in: ['issue'], keys: ['Shift+D'] },
  'issue.link': {
    name: 'Link to another issue…',
    group: 'Issue',
    in: ['issue'],
    keys: ['Shift+L'],
    also: 'blocks duplicate parent relates',
  },
  'issue.subscribe': {
    name: 'Subscribe or unsubscribe',
    group: 'Issue',
    in: ['issue'],
    keys: ['Shift+S'],
    also: 'watch follow',
  },
  'issue.mute': {
    name: 'Mute or unmute',
    group: 'Issue',
    in: ['issue'],
    keys: ['Shift+M'],
    also: 'silence quiet ignore notifications',
  },
  'issue.copy-key': {
    name: 'Copy key',
    group: 'Issue',
    in: ['list', 'board', 'issue'],
    keys: ['$mod+.'],
    also: 'id clipboard',
  },
  'list.next': {
    name: 'Next',
    group: 'List',
    in: ['list', 'board', 'inbox', 'conflicts', 'deliveries'],
    keys: ['j', 'ArrowDown'],
    keysOnly: true,
  },
  'list.previous': {
    name: 'Previous',
    group: 'List',
    in: ['list', 'board', 'inbox', 'conflicts', 'deliveries'],
    keys: ['k', 'ArrowUp'],
    keysOnly: true,
  },
  'list.open': {
    name: 'Open',
    group: 'List',
    in: ['list', 'board', 'inbox', 'conflicts'],
    keys: ['Enter', 'o'],
    keysOnly: true,
  },
  'list.select': {
    name: 'Select or deselect',
    group: 'List',
    in: ['list', 'inbox'],
    keys: ['x'],
    keysOnly: true,
  },
  'list.extend-down': {
    name: 'Extend the selection down',
    group: 'List',
    in: ['list'],
    keys: ['Shift+J', 'Shift+ArrowDown'],
    keysOnly: true,
  },
  'list.extend-up': {
    name: 'Extend the selection up',
    group: 'List',
    in: ['list'],
    keys: ['Shift+K', 'Shift+ArrowUp'],
    keysOnly: true,
  },
  'list.select-all': { name: 'Select all', group: 'List', in: ['list'], keys: ['$mod+a'] },
  'list.first': {
    name: 'First',
    group: 'List',
    in: ['list', 'board', 'inbox', 'conflicts', 'deliveries'],
    keys: ['g g', 'Home'],
    keysOnly: true,
  },
  'list.last': {
    name: 'Last',
    group: 'List',
    in: ['list', 'board', 'inbox', 'conflicts', 'deliveries'],
    keys: ['Shift+G', 'End'],
    keysOnly: true,
  },
  'list.page-down': { name: 'A page down', group: 'List', in: ['list'], keys: ['PageDown'], keysOnly: true },
  'list.page-up': { name: 'A page up', group: 'List', in: ['list'], keys: ['PageUp'], keysOnly: true },
  'list.back': {
    name: 'Clear the selection, or go back one step',
    group: 'List',
    in: ['list', 'board', 'issue', 'inbox', 'rule'],
    keys: ['Escape'],
    keysOnly: true,
  },
  'list.renew': {
    name: 'Show the order of now',
    group: 'List',
    in: ['list', 'board'],
    keys: ['Shift+U'],
    also: 'refresh sort changed update',
  },
  filter: { name: 'Edit the filter', group: 'List', in: ['list', 'board'], keys: ['f'], also: 'query' },
  'delivery.replay': {
    name: 'Replay the dead letter',
    group: 'List',
    in: ['deliveries'],
    keys: ['r'],
    keysOnly: true,
  },
  'delivery.discard': {
    name: 'Discard the dead letter',
    group: 'List',
    in: ['deliveries'],
    keys: ['Shift+E'],
    keysOnly: true,
  },
  'notice.read': {
    name: 'Mark as read or unread',
    group: 'List',
    in: ['inbox'],
    keys: ['u'],
    keysOnly: true,
  },
  'notice.done': { name: 'Mark as done', group: 'List', in: ['inbox'], keys: ['e'], keysOnly: true },
  'notice.snooze': { name: 'Snooze…', group: 'List', in: ['inbox'], keys: ['h'], keysOnly: true },
  'conflict.flip': {
    name: 'Use the change without effect instead',
    group: 'List',
    in: ['conflicts'],
    keys: ['f'],
    keysOnly: true,
  },
  'conflict.dismiss': {
    name: 'Keep a conflict as it is',
    group: 'List',
    in: ['conflicts'],
    keys: ['d'],
    keysOnly: true,
  },
  'notice.read-all': {
    name: 'Mark the whole inbox as read',
    group: 'List',
    in: ['inbox'],
    keys: [],
    also: 'notices unread',
  },
  'board.left': {
    name: 'Column to the left',
    group: 'Board',
    in: ['board'],
    keys: ['ArrowLeft', 'h'],
    keysOnly: true,
  },
  'board.right': {
    name: 'Column to the right',
    group: 'Board',
    in: ['board'],
    keys: ['ArrowRight'],
    keysOnly: true,
  },
  'board.move-left': {
    name: 'Move the card left',
    group: 'Board',
    in: ['board'],
    keys: ['Shift+ArrowLeft'],
    keysOnly: true,
  },
  'board.move-right': {
    name: 'Move the card right',
    group: 'Board',
    in: ['board'],
    keys: ['Shift+ArrowRight'],
    keysOnly: true,
  },
  'board.move': { name: 'Move the card to…', group: 'Board', in: ['board'], keys: ['m'], keysOnly: true },
  'sync.now': { name: 'Sync now', group: 'Workspace', keys: [], also: 'server push pull team' },
  'sync.pause': { name: 'Pause sync', group: 'Workspace', keys: [], also: 'server stop team' },
  'sync.resume': { name: 'Resume sync', group: 'Workspace', keys: [], also: 'server go on team' },
  import: { name: 'Import issues…', group: 'Workspace', keys: [], also: 'github jira beads load' },
  export: { name: 'Export…', group: 'Workspace', keys: [], also: 'save csv markdown jsonl backup' },
  verify: { name: 'Verify the log', group: 'Workspace', keys: [], also: 'integrity hash chain check' },
  backup: { name: 'Back up…', group: 'Workspace', keys: [], also: 'copy save safety' },
  rebuild: { name: 'Rebuild projections', group: 'Workspace', keys: [], also: 'repair index' },
} as const satisfies Record<string, ActionEntry>

export type WindowActionId = keyof typeof actions
export type ActionId = WindowActionId | `go.${string}`
export type Action = ActionEntry & { readonly id: ActionId }

/** The window's own actions; `shell/all-actions.ts` adds those of the screens. */
export const windowActions: readonly Action[] = Object.entries(actions).map(([id, entry]) => ({
  ...(entry as ActionEntry),
  id: id as WindowActionId,
}))

/** What a view says that it does: the actions that name it. */
export type ActionIn<View extends ViewName> = {
  [Id in WindowActionId]: (typeof actions)[Id] extends { readonly in: readonly (infer Named)[] }
    ? View extends Named
      ? Id
      : never
    : never
}[WindowActionId]

const isWindowAction = (name: string): name is WindowActionId => Object.hasOwn(actions, name)

/** Whether a view has to be there for an action, rather than the window alone. */
export const isOfView = (id: ActionId): boolean => isWindowAction(id) && 'in' in actions[id]

/** The binding to show for an action of the window, or `undefined`. */
export const keysFor = (id: WindowActionId): string | undefined => actions[id].keys[0]

/** Whether a name that came from the host (a menu item) is an action. */
export const isActionId = (name: string): name is ActionId => isWindowAction(name) || name.startsWith('go.')
