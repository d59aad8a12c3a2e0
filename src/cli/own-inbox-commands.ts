import type { InboxView } from '#contract/inbox-views.ts'
import { withService } from './inbox-commands.ts'
import type { Shared } from './open-here.ts'
import { accepted, print, printJson, quoted, RefusedError } from './output.ts'

/** A user inbox by its name, with or without `own-`, or by its file. */
function found(
  inboxes: readonly InboxView[],
  named: string,
): InboxView & { own: NonNullable<InboxView['own']> } {
  const own = inboxes.flatMap((inbox) => (inbox.own ? [{ ...inbox, own: inbox.own }] : []))
  const one = own.find(
    (inbox) => inbox.name === named || inbox.name === `own-${named}` || inbox.own.file === named,
  )
  if (!one)
    throw new RefusedError({
      code: 'unknown_inbox',
      message: `There is no inbox ${quoted(named)} in the workspace’s folder inboxes/; there ${own.length === 0 ? 'is none' : `are ${own.map((inbox) => inbox.own.file).join(', ')}`}.`,
    })
  return one
}

/** Trusts a user inbox's file as it is now, or takes that back. @param hash insists on these bytes, where it is given */
export async function trustInbox(
  trusted: boolean,
  named: string,
  options: Shared & { hash?: string },
): Promise<void> {
  await withService(options, async (service) => {
    const { name, own } = found(accepted(await service.call('inboxes.list', {})), named)
    const hash = options.hash?.toLowerCase() ?? own.hash
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new RefusedError({ code: 'invalid_input', message: 'A hash is 64 hexadecimal digits (SHA-256).' })
    const { form: _, ...inbox } = accepted(await service.call('inboxes.trust', { name, hash, trusted }))
    if (options.json) return printJson(inbox)
    print(
      trusted
        ? `${own.file} is trusted as it is now, ${hash}. Switch it on with: docket inbox set ${name} --on`
        : `${own.file} is no longer trusted.`,
    )
  })
}
