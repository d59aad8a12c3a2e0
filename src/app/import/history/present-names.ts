import type { Millis } from '#core/values/ids.ts'
import { jsonFieldsIn, shortText } from '../records/source-text.ts'
import type { ImportContext, ImportedEvent } from './imported.ts'
import type { SourcePerson } from './source-person.ts'

type Named = { readonly person: SourcePerson; readonly asOf: Millis }

/** What a file calls people now, and what follows for those who are here under the name that they had. */
export function presentNames({ derive, here }: ImportContext) {
  const latest = new Map<string, Named>()

  /** What imports said of a member's name so far, and as of when. */
  function saidOf(memberId: string) {
    let said: { name: string; isLogin: boolean; asOf: Millis } | undefined
    for (const { type, data, metadata, waiting } of here?.memberEvents(memberId) ?? []) {
      if (metadata.triggeredBy !== 'import' || waiting) continue
      const { name, handle, to } = jsonFieldsIn(data)
      const asOf = typeof metadata.asOf === 'number' ? metadata.asOf : undefined
      if (type === 'member_joined')
        said ??= {
          name: shortText(name),
          isLogin: shortText(name).toLowerCase() === shortText(handle).toLowerCase(),
          // An earlier Docket did not say: whatever the source told of them since, it told then.
          asOf: asOf ?? here?.lastAct(memberId) ?? 0,
        }
      else if (type === 'member_renamed' && said)
        said = {
          name: shortText(to),
          isLogin: jsonFieldsIn(metadata.source).login === true,
          asOf: Math.max(said.asOf, asOf ?? 0),
        }
    }
    return said
  }

  return {
    /** Notes what an account is called at a time; what is later counts. @param account its number, else its name. */
    note(account: string, person: SourcePerson, asOf: Millis): void {
      if ((latest.get(account)?.asOf ?? -1) <= asOf) latest.set(account, { person, asOf })
    },
    of: (account: string): Named | undefined => latest.get(account),
    /** The event that renames a member who is here, where the source does and nobody here did. */
    renaming(account: string, memberId: string): ImportedEvent[] {
      const present = latest.get(account)
      const name = shortText(present?.person.name)
      const said = present && name ? saidOf(memberId) : undefined
      if (!present || !said || said.name === name || present.asOf < said.asOf) return []
      // Not every file says more than the login.
      const login = present.person.isLogin === true
      if ((login && !said.isLogin) || here?.nameOf('member', memberId) !== said.name) return []
      const { asOf } = present
      return [
        {
          id: derive('member', memberId, 'as of', String(asOf), said.name, name),
          type: 'member_renamed',
          data: { from: said.name, to: name },
          actorId: memberId,
          occurredAt: asOf,
          metadata: { triggeredBy: 'import', asOf, ...(login ? { source: { login } } : {}) },
        },
      ]
    },
  }
}
