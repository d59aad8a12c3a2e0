/** The name in `settings` of a value that a rebuild changes, for it changes rows without adding events. */
export const rebuiltSetting = 'projections.rebuilt'
