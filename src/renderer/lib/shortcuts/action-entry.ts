/** The views whose keys are their own, as the sheet of shortcuts names them. */
export const viewNames = {
  list: 'List',
  board: 'Board',
  issue: 'Issue page',
  inbox: 'Inbox',
  conflicts: 'Conflicts',
  deliveries: 'Deliveries',
  settings: 'Settings',
  rule: 'Rule',
} as const
export type ViewName = keyof typeof viewNames

/** The groups of actions, in the order in which the palette and the sheet of shortcuts name them. */
export const actionGroups = ['Everywhere', 'Go to', 'Issue', 'List', 'Board', 'Workspace'] as const

/** An action as it is declared. */
export type ActionEntry = {
  readonly name: string
  readonly group: (typeof actionGroups)[number]
  /** The views that do it. Left out: whatever is shown. */
  readonly in?: readonly ViewName[]
  /** Bindings in tinykeys' notation; the first is the one that is shown. */
  readonly keys: readonly string[]
  /** Starts while a field has the focus too. */
  readonly whileTyping?: true
  /** Moves the focus or the selection about: of no use in the palette. */
  readonly keysOnly?: true
  /** Other words that people look for it by. */
  readonly also?: string
}
