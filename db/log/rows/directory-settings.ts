import { fieldsWithUnits } from '#core/issue/fields/units.ts'

/** Names of `settings` that events decide. */
export const directorySettings = {
  workspaceName: 'workspace.name',
  keyPrefix: 'workspace.key_prefix',
  workflow: 'workspace.workflow',
} as const

/** Where it is kept what a field of issues is counted in. @param field its stored name. */
export const unitSetting = (field: string): string => `workspace.unit.${field}`

/** The settings of units, which are absent while nobody chose. */
export const unitSettings: readonly string[] = fieldsWithUnits.map(({ name }) => unitSetting(name))

/** Set by the migration that widened the list of conflicts: what was recorded before of anything but issues is still to be looked through for conflicts. */
export const unseenConflictsSetting = 'ledger.unseen'

/** The stream whose workspace events count, where several histories came together; all do where it is not set. */
export const historySetting = 'sync.history_id'
