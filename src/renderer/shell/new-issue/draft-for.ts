import { foldedName } from '#core/text/folded-name.ts'
import { referring } from '../../lib/reference-fields.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'
import { nameAsValue, valuesOf } from '../../ui/filter/query-terms.ts'
import { type Draft, readDraft } from './draft.ts'

/** The draft as it was left; a fresh one takes what the list on screen is about. @param query what that list shows */
export function draftFor(query: string, workspace: ShownWorkspace): Draft {
  const { me, members, labels } = workspace
  const kept = readDraft()
  if (kept.title !== '' || kept.description !== '') return kept
  const wantedLabels = valuesOf(query, 'label').flatMap(
    (name) => labels.find((label) => foldedName(nameAsValue(label.name)) === foldedName(name))?.id ?? [],
  )
  const wantedPeople = valuesOf(query, 'assignee').flatMap((handle) =>
    handle === '@me' ? me.id : (members.find((member) => nameAsValue(member.handle) === handle)?.id ?? []),
  )
  const wanted = Object.fromEntries(
    referring.map(({ field, entity }) => {
      const [name = ''] = valuesOf(query, field.filter.key)
      const known = workspace[entity.plural]
      return [
        field.key,
        known.find((each) => foldedName(nameAsValue(each.name)) === foldedName(name))?.id ?? null,
      ]
    }),
  )
  return { ...kept, ...wanted, labels: wantedLabels, assignees: wantedPeople }
}
