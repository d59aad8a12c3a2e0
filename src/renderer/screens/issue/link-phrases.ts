import type { LinkedIssue } from '#contract/answers/answers.ts'
import { type LinkKind, linkKinds } from '#core/issue/link-kinds.ts'

/** What stands over the links of a kind, seen from this issue. */
export function linkTitle(kind: LinkKind, direction: LinkedIssue['direction']): string {
  const out = direction === 'out'
  switch (kind) {
    case 'blocks':
      return out ? 'Blocks' : 'Blocked by'
    case 'relates_to':
      return 'Relates to'
    case 'duplicates':
      return out ? 'Duplicates' : 'Duplicated by'
    case 'parent':
      return out ? 'Parent' : 'Parts'
  }
}

export type LinkGroup = { readonly title: string; readonly links: readonly LinkedIssue[] }

/** Links under their titles: what holds this issue up first, then its family, then the rest. An issue that is related both ways is listed once. */
export function linkGroups(links: readonly LinkedIssue[]): readonly LinkGroup[] {
  const order = ['Blocked by', 'Blocks', 'Parent', 'Parts', 'Duplicates', 'Duplicated by', 'Relates to']
  const groups = new Map<string, LinkedIssue[]>()
  for (const link of links) {
    const title = linkTitle(link.kind, link.direction)
    const group = groups.get(title) ?? []
    if (!group.some((known) => known.issue.id === link.issue.id)) group.push(link)
    groups.set(title, group)
  }
  return [...groups]
    .map(([title, grouped]) => ({ title, links: grouped }))
    .sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title))
}

/** Every way to link two issues, as a person picks it: the kind, and which of the two issues says it. */
export const linkChoices = linkKinds.flatMap((kind) =>
  (kind === 'relates_to' ? (['out'] as const) : (['out', 'in'] as const)).map((direction) => ({
    id: `${kind} ${direction}`,
    kind,
    direction,
    title: linkTitle(kind, direction),
  })),
)
