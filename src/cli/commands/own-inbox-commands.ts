import type { InboxView } from '#contract/answers/inbox-answers.ts'
import type { Shared } from '../input/open-here.ts'
import { withService } from '../input/with-service.ts'
import { accepted, print, printJson, quoted, RefusedError } from '../output/output.ts'

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

/**
 * Trusts a user inbox's file as it is now, or takes that back. `hash` insists on these bytes, `unconfined` lets it run with all rights of
 * the person in a host that can't confine it.
 */
export async function trustInbox(
  trusted: boolean,
  named: string,
  options: Shared & { hash?: string; unconfined?: boolean },
): Promise<void> {
  await withService(options, async (service) => {
    const { name, own } = found(accepted(await service.call('inboxes.list', {})), named)
    const hash = options.hash?.toLowerCase() ?? own.hash
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new RefusedError({ code: 'invalid_input', message: 'A hash is 64 hexadecimal digits (SHA-256).' })
    const { form: _, ...inbox } = accepted(
      service.inboxes.trust(name, hash, trusted, options.unconfined === true),
    )
    if (options.json) return printJson(inbox)
    if (!trusted) return print(`${own.file} is no longer trusted.`)
    print(`${own.file} is trusted as it is now, in this folder and on this computer: ${hash}`)
    print(
      own.hosts.length > 0
        ? `It says that it talks to ${own.hosts.join(', ')}.`
        : 'It names no hosts, so that Docket’s fetch leads it nowhere.',
    )
    if (options.unconfined)
      print('Where Docket can not confine it, it runs with all of your rights: it was agreed to.')
    print(
      inbox.state === 'off'
        ? `Switch it on with: docket inbox set ${name} --on`
        : `It is ${inbox.state.replace('_', ' ')}.`,
    )
  })
}
