/**
 * Every action of the window, in one place: the palette lists them, the sheet of shortcuts explains them, tooltips show their keys,
 * and the keyboard starts them. A view says which of them it can do now with `useActions`.
 */
type ActionEntry = {
  readonly name: string
  readonly group: 'Everywhere' | 'Go to' | 'Issue' | 'List' | 'Board' | 'Workspace'
  /** Bindings in tinykeys' notation; the first is the one that is shown. */
  readonly keys: readonly string[]
  /** Starts while a field has the focus too. */
  readonly whileTyping?: true
  /** Moves the focus or the selection about: of no use in the palette. */
  readonly keysOnly?: true
  /** Other words that people look for it by. */
  readonly also?: string
}

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
  save: { name: 'Save', group: 'Everywhere', keys: ['$mod+s'], whileTyping: true },
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
  'go.inbox': {
    name: 'Go to the inbox',
    group: 'Go to',
    keys: ['g i'],
    also: 'notifications notices unread',
  },
  'go.mine': { name: 'Go to my issues', group: 'Go to', keys: ['g m'] },
  'go.open': { name: 'Go to all open issues', group: 'Go to', keys: ['g o'] },
  'go.closed': { name: 'Go to recently closed', group: 'Go to', keys: ['g c'] },
  'go.board': { name: 'Go to the board', group: 'Go to', keys: ['g b'] },
  'go.activity': { name: 'Go to activity', group: 'Go to', keys: ['g a'], also: 'feed' },
  'go.people': { name: 'Go to people and labels', group: 'Go to', keys: ['g p'], also: 'members projects' },
  'go.rules': { name: 'Go to rules', group: 'Go to', keys: ['g r'], also: 'automation when then' },
  'go.conflicts': {
    name: 'Go to conflicts',
    group: 'Go to',
    keys: ['g v'],
    also: 'superseded overwritten merge lost changes flip dismiss',
  },
  'go.deliveries': {
    name: 'Go to deliveries',
    group: 'Go to',
    keys: ['g d'],
    also: 'inboxes dead letters replay webhooks log',
  },
  'go.settings': {
    name: 'Go to settings',
    group: 'Go to',
    keys: ['g s'],
    also: 'preferences inboxes notifications e-mail slack webhooks broker',
  },
  'go.team': {
    name: 'Go to the team',
    group: 'Go to',
    keys: ['g t'],
    also: 'sync server join invite members devices roles leave encryption',
  },
  'issue.status': {
    name: 'Change status…',
    group: 'Issue',
    keys: ['s'],
    also: 'transition move close resolve start reopen',
  },
  'issue.assign': { name: 'Assign to…', group: 'Issue', keys: ['a'], also: 'unassign person' },
  'issue.assign-me': { name: 'Assign to me', group: 'Issue', keys: ['i'] },
  'issue.label': { name: 'Change labels…', group: 'Issue', keys: ['l'], also: 'tag' },
  'issue.project': { name: 'Move to project…', group: 'Issue', keys: ['Shift+P'], also: 'change project' },
  'issue.priority': { name: 'Change priority…', group: 'Issue', keys: ['p'] },
  'issue.archive': { name: 'Archive', group: 'Issue', keys: ['e'], also: 'delete remove restore' },
  'issue.edit-title': { name: 'Edit title', group: 'Issue', keys: ['t'], also: 'rename' },
  'issue.edit-description': { name: 'Edit description', group: 'Issue', keys: ['d'] },
  'issue.comment': { name: 'Comment', group: 'Issue', keys: ['m'], also: 'reply talk' },
  'issue.due': { name: 'Set due date…', group: 'Issue', keys: ['Shift+D'] },
  'issue.link': {
    name: 'Link to another issue…',
    group: 'Issue',
    keys: ['Shift+L'],
    also: 'blocks duplicate parent relates',
  },
  'issue.subscribe': {
    name: 'Subscribe or unsubscribe',
    group: 'Issue',
    keys: ['Shift+S'],
    also: 'watch follow',
  },
  'issue.mute': {
    name: 'Mute or unmute',
    group: 'Issue',
    keys: ['Shift+M'],
    also: 'silence quiet ignore notifications',
  },
  'issue.copy-key': { name: 'Copy key', group: 'Issue', keys: ['$mod+.'], also: 'id clipboard' },
  'list.next': { name: 'Next issue', group: 'List', keys: ['j', 'ArrowDown'], keysOnly: true },
  'list.previous': { name: 'Previous issue', group: 'List', keys: ['k', 'ArrowUp'], keysOnly: true },
  'list.open': { name: 'Open issue', group: 'List', keys: ['Enter', 'o'], keysOnly: true },
  'list.select': { name: 'Select or deselect', group: 'List', keys: ['x'], keysOnly: true },
  'list.extend-down': {
    name: 'Extend the selection down',
    group: 'List',
    keys: ['Shift+J', 'Shift+ArrowDown'],
    keysOnly: true,
  },
  'list.extend-up': {
    name: 'Extend the selection up',
    group: 'List',
    keys: ['Shift+K', 'Shift+ArrowUp'],
    keysOnly: true,
  },
  'list.select-all': { name: 'Select all', group: 'List', keys: ['$mod+a'] },
  'list.first': { name: 'First issue', group: 'List', keys: ['g g', 'Home'], keysOnly: true },
  'list.last': { name: 'Last issue', group: 'List', keys: ['Shift+G', 'End'], keysOnly: true },
  'list.page-down': { name: 'A page down', group: 'List', keys: ['PageDown'], keysOnly: true },
  'list.page-up': { name: 'A page up', group: 'List', keys: ['PageUp'], keysOnly: true },
  'list.back': {
    name: 'Clear the selection, or go back one step',
    group: 'List',
    keys: ['Escape'],
    keysOnly: true,
  },
  filter: { name: 'Edit the filter', group: 'List', keys: ['f'], also: 'query' },
  'delivery.replay': { name: 'Replay the dead letter', group: 'List', keys: ['r'], keysOnly: true },
  'delivery.discard': { name: 'Discard the dead letter', group: 'List', keys: ['Shift+E'], keysOnly: true },
  'notice.read': { name: 'Mark as read or unread', group: 'List', keys: ['u'], keysOnly: true },
  'notice.done': { name: 'Mark as done', group: 'List', keys: ['e'], keysOnly: true },
  'notice.snooze': { name: 'Snooze…', group: 'List', keys: ['h'], keysOnly: true },
  'conflict.flip': {
    name: 'Use the change without effect instead',
    group: 'List',
    keys: ['f'],
    keysOnly: true,
  },
  'conflict.dismiss': { name: 'Keep a conflict as it is', group: 'List', keys: ['d'], keysOnly: true },
  'notice.read-all': {
    name: 'Mark the whole inbox as read',
    group: 'List',
    keys: [],
    also: 'notices unread',
  },
  'board.left': { name: 'Column to the left', group: 'Board', keys: ['ArrowLeft', 'h'], keysOnly: true },
  'board.right': { name: 'Column to the right', group: 'Board', keys: ['ArrowRight'], keysOnly: true },
  'board.move-left': {
    name: 'Move the card left',
    group: 'Board',
    keys: ['Shift+ArrowLeft'],
    keysOnly: true,
  },
  'board.move-right': {
    name: 'Move the card right',
    group: 'Board',
    keys: ['Shift+ArrowRight'],
    keysOnly: true,
  },
  'board.move': { name: 'Move the card to…', group: 'Board', keys: ['m'], keysOnly: true },
  'sync.now': { name: 'Sync now', group: 'Workspace', keys: [], also: 'server push pull team' },
  'sync.pause': { name: 'Pause sync', group: 'Workspace', keys: [], also: 'server stop team' },
  'sync.resume': { name: 'Resume sync', group: 'Workspace', keys: [], also: 'server go on team' },
  import: { name: 'Import issues…', group: 'Workspace', keys: [], also: 'github jira beads load' },
  export: { name: 'Export…', group: 'Workspace', keys: [], also: 'save csv markdown jsonl backup' },
  verify: { name: 'Verify the log', group: 'Workspace', keys: [], also: 'integrity hash chain check' },
  rebuild: { name: 'Rebuild projections', group: 'Workspace', keys: [], also: 'repair index' },
} as const satisfies Record<string, ActionEntry>

export type ActionId = keyof typeof actions
export type Action = ActionEntry & { readonly id: ActionId }

export const actionList: readonly Action[] = Object.entries(actions).map(([id, entry]) => ({
  ...(entry as ActionEntry),
  id: id as ActionId,
}))

/** The binding to show for an action, or `undefined`. */
export const keysFor = (id: ActionId): string | undefined => actions[id].keys[0]

/** Whether a name that came from the host (a menu item) is an action. */
export const isActionId = (name: string): name is ActionId => Object.hasOwn(actions, name)
