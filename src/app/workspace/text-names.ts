import type { TextNames } from '#contract/answers/answers.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { mentionedIn } from '#core/text/mentions.ts'
import { keyForm, referencesIn } from '#core/text/text-references.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { TextNameLookup } from '#db/queries/text-name-lookup.ts'

/** What a text that was imported names, by the words of the tracker that it came from; `undefined` of an issue that none brought. */
export type TextNaming = (issueId: string, text: string) => TextNames | undefined

/**
 * Finds out whom and what imported texts name: the issues and people that imports brought, and nothing of ours that happens to be called the same.
 * @param version changes whenever the people do.
 */
export function textNaming(
  lookup: TextNameLookup,
  { version, keyPrefix }: { readonly version: () => unknown; readonly keyPrefix: () => string },
): TextNaming {
  let known: {
    readonly version: unknown
    readonly byHandle: Map<string, string[]>
    readonly ids: Set<string>
  }

  function people(): typeof known {
    const now = version()
    if (known?.version === now) return known
    const byHandle = new Map<string, string[]>()
    const members = lookup.importedMembers()
    for (const { id, handle } of members)
      byHandle.set(foldedName(handle), [...(byHandle.get(foldedName(handle)) ?? []), id])
    known = { version: now, byHandle, ids: new Set(members.map(({ id }) => id)) }
    return known
  }

  /** Earlier imports left the source's own name where it has become a handle since. */
  function personOf(handle: string, form: string): string | undefined {
    const { byHandle, ids } = people()
    const named = byHandle.get(foldedName(handle)) ?? []
    if (named.length === 1) return named[0]
    const derived = deriveId('member', form, form === 'github' ? handle.toLowerCase() : handle)
    return named.find((id) => id === derived) ?? named[0] ?? (ids.has(derived) ? derived : undefined)
  }

  return (issueId, text) => {
    const externalKey = lookup.externalKey(issueId)
    if (externalKey === undefined) return undefined
    const references = referencesIn(text, externalKey)
    const found =
      references.length === 0 ? new Map() : lookup.issues(references.map(({ key }) => key.toLowerCase()))
    const prefix = keyPrefix()
    const { form } = keyForm(externalKey)
    const named: [string, string][] = []
    mentionedIn(text, (handle) => {
      const id = personOf(handle, form)
      if (id !== undefined) named.push([handle.toLowerCase(), id])
      return id
    })
    return {
      issues: Object.fromEntries(
        references.flatMap(({ written, key }) => {
          const issue = found.get(key.toLowerCase())
          return issue ? [[written, issueKey(prefix, issue)]] : []
        }),
      ),
      people: Object.fromEntries(named),
    }
  }
}
