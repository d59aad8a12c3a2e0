import type { IssueDetail } from '#contract/answers/answers.ts'
import type { ConflictView } from '#contract/answers/sync-answers.ts'
import { entityOfType, propertyOf } from '#core/entities/kinds/entities.ts'
import type { EntityDeclaration } from '#core/entities/kinds/entity.ts'
import { fieldNamed } from '#core/issue/fields/fields.ts'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { settingOf } from '../fields/field-command.ts'

/**
 * The command that takes a flip back: it sets again what the issue had before. `null` where no single command does that (a status moves by
 * transitions; a comment may be another's).
 * @param before the issue as it was
 */
export function undoOfFlip(
  { field }: Pick<ConflictView, 'field'>,
  before: IssueDetail,
): WindowCommand | null {
  if (field === 'description')
    return { type: 'change_description', issueId: before.id, description: before.description }
  const declared = fieldNamed(field)
  return declared ? settingOf(declared, before.id, before[declared.key]) : null
}

/** The command that gives what is no issue the name back that it had before a flip. `null` where the flip was of something else. */
export function undoOfRename({
  field,
  of: { type, id, name },
}: Pick<ConflictView, 'field' | 'of'>): WindowCommand | null {
  const entity: EntityDeclaration | undefined = entityOfType(type)
  const rename = field === 'name' && entity ? propertyOf(entity, field)?.change : null
  if (!entity || !rename) return null
  const which = entity.idProperty === null ? {} : { [entity.idProperty]: id }
  return { type: rename.command, ...which, name } as unknown as WindowCommand
}
