import type { LinkKind } from '#core/issue/issue-events.ts'
import type { KnownIssues } from '../history/issue-records.ts'
import type { JsonFields } from '../records/json-records.ts'
import { addTo, nameAt, objectsIn } from '../records/source-text.ts'

type Direction = { readonly kind: LinkKind; readonly mine: boolean }

/** Jira's link types by the words of their outward side; `mine` where the outward side is this issue's own word. */
function linkOf(words: string): Direction | null {
  if (/duplicate/.test(words)) return { kind: 'duplicates', mine: !/duplicated by/.test(words) }
  if (/depends|dependent/.test(words))
    return { kind: 'blocks', mine: /dependent of|dependency of/.test(words) }
  if (/block/.test(words)) return { kind: 'blocks', mine: !/blocked by/.test(words) }
  if (/relate/.test(words)) return { kind: 'relates_to', mine: true }
  return null
}

/** An issue's links as its record lists them. */
export type LinksNow = {
  readonly list: readonly { readonly kind: LinkKind; readonly target: string; readonly key: string }[]
  /** Keys of issues that are neither in the file nor here, by the words of the link. */
  readonly elsewhere: ReadonlyMap<string, string[]>
}

/** The links that an issue tells itself, and those to issues that are neither in the file nor here. */
export function jiraLinks(fields: JsonFields, known: KnownIssues): LinksNow {
  const list: { kind: LinkKind; target: string; key: string }[] = []
  const elsewhere = new Map<string, string[]>()
  for (const link of objectsIn(fields.issuelinks)) {
    const outward = link.outwardIssue !== undefined
    const words = nameAt(link, 'type', outward ? 'outward' : 'inward').toLowerCase()
    const key = nameAt(link, outward ? 'outwardIssue' : 'inwardIssue', 'key')
    const direction = linkOf(words)
    if (!key) continue
    const target = known.issueId(key)
    if (!direction || !target) addTo(elsewhere, words || 'linked to', key)
    // Both issues list a link; the one whose own words it is tells it. Of "relates to", that is the outward side.
    else if (direction.kind === 'relates_to' ? outward : direction.mine)
      list.push({ kind: direction.kind, target, key })
  }
  const parent = nameAt(fields, 'parent', 'key')
  const target = parent ? known.issueId(parent) : undefined
  if (target) list.push({ kind: 'parent', target, key: parent })
  else if (parent) elsewhere.set('parent', [parent])
  return { list, elsewhere }
}
