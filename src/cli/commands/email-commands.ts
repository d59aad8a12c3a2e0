import type { Workspace } from '#app/workspace/workspace.ts'
import { isMailAddress } from '#core/text/mail-address.ts'
import { executeAll, memberIdOf } from '../input/command-input.ts'
import { type Shared, withWorkspace } from '../input/open-here.ts'
import { print, printJson, quoted, safeLine, UsageError } from '../output/output.ts'
import { outputWidth, table } from '../output/table.ts'

/** Where mail can be sent to; `null` for `none`. @throws UsageError */
export function readAddress(typed: string): string | null {
  if (typed.trim().toLowerCase() === 'none') return null
  if (!isMailAddress(typed.trim()))
    throw new UsageError(`${quoted(typed)} is not an address that mail can be sent to, like ada@example.org.`)
  return typed.trim()
}

/** Says where a member gets mail. Who sits here may not be in the log yet. */
export function sayAddress(workspace: Workspace, memberId: string, email: string | null): void {
  const { me } = workspace
  const isNew =
    memberId === me.memberId &&
    !workspace.commands.decisionContext().entityExists('member', memberId as never)
  executeAll(workspace, [
    ...(isNew ? [{ type: 'add_member', memberId, name: me.memberName }] : []),
    { type: 'change_member_email', memberId, email },
  ])
}

/** `docket email` */
export async function email(
  address: string | undefined,
  options: Shared & { readonly of?: string },
): Promise<void> {
  const wanted = address === undefined ? undefined : readAddress(address)
  await withWorkspace(options, (workspace) => {
    const members = () => workspace.entities.rows('member')
    const said = ({ id, name, handle, email }: ReturnType<typeof members>[number]) => ({
      id,
      name,
      handle,
      email,
    })
    if (wanted === undefined) {
      const shown = options.of === undefined ? undefined : memberIdOf(workspace, options.of)
      const listed = members().filter(({ id }) => shown === undefined || id === shown)
      if (options.json) return printJson({ members: listed.map(said) })
      const rows = listed.map((member) => [
        safeLine(member.name),
        `@${safeLine(member.handle)}`,
        safeLine(member.email ?? '-'),
      ])
      return print(
        table([{ head: 'NAME' }, { head: 'HANDLE' }, { head: 'E-MAIL', grows: true }], rows, outputWidth()),
      )
    }
    const memberId = options.of === undefined ? workspace.me.memberId : memberIdOf(workspace, options.of)
    sayAddress(workspace, memberId, wanted)
    const member = members().find(({ id }) => id === memberId)
    if (!member) throw new Error(`the member ${memberId} is not there`)
    if (options.json) return printJson(said(member))
    print(
      wanted === null
        ? `${safeLine(member.name)} gets no mail.`
        : `${safeLine(member.name)} gets mail at ${safeLine(wanted)}.`,
    )
  })
}
