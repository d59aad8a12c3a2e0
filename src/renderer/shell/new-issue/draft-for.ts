import { foldedName } from '#core/text/folded-name.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'
import { nameAsValue, valuesOf } from '../../ui/filter/query-terms.ts'
import { type Draft, readDraft } from './draft.ts'

/** The draft as it was left; a fresh one takes what the list on screen is about. @param query what that list shows */
export function draftFor(query: string, { me, members, labels, projects }: ShownWorkspace): Draft {
  const kept = readDraft()
  if (kept.title !== '' || kept.description !== '') return kept
  const wantedLabels = valuesOf(query, 'label').flatMap(
    (name) => labels.find((label) => foldedName(nameAsValue(label.name)) === foldedName(name))?.id ?? [],
  )
  const wantedPeople = valuesOf(query, 'assignee').flatMap((handle) =>
    handle === '@me' ? me.id : (members.find((member) => nameAsValue(member.handle) === handle)?.id ?? []),
  )
  const [wantedProject] = valuesOf(query, 'project')
  const project =
    projects.find(({ name }) => foldedName(nameAsValue(name)) === foldedName(wantedProject ?? ''))?.id ?? null
  return { ...kept, labels: wantedLabels, project, assignees: wantedPeople }
}
