import { createInterface } from 'node:readline/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Executed } from '#app/commands/command-service.ts'
import { accountName, initWorkspace } from '#app/workspace/init-workspace.ts'
import type { Workspace } from '#app/workspace/workspace.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { cleanLine } from '#core/text/text.ts'
import {
  type EditOptions,
  editCommands,
  execute,
  executeAll,
  type NewOptions,
  newIssueCommands,
  textOrInput,
} from '../input/command-input.ts'
import { issueIdOf, type Shared, withWorkspace } from '../input/open-here.ts'
import { accepted, print, printJson, RefusedError, safeLine, UsageError } from '../output/output.ts'
import { readAddress, sayAddress } from './email-commands.ts'

/** What every writing command says with `--json`, about the issue that it was given or made. */
const outcome = (workspace: Workspace, issueId: string, executed: readonly Executed[]) => ({
  key: issueKey(workspace.name().keyPrefix, { id: issueId, number: workspace.log.issue(issueId).number }),
  issueId,
  position: Math.max(0, ...executed.map((one) => one.position)) || workspace.log.position(),
  events: executed.flatMap((one) =>
    one.recorded.map((event) => ({ id: event.id, type: event.type, position: event.position })),
  ),
})

/** Asks what the person is called, where there is somebody to ask. */
async function askName(): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (
      (await asking.question(`Your name, as others will read it [${accountName()}]: `)).trim() || undefined
    )
  } finally {
    asking.close()
  }
}

export async function init(
  options: Shared & { name?: string; prefix?: string; member?: string; email?: string },
): Promise<void> {
  const member = options.member ?? (options.json ? undefined : await askName())
  const address = options.email === undefined ? null : readAddress(options.email)
  const folder = options.workspace ?? process.env.DOCKET_WORKSPACE ?? process.cwd()
  const made = accepted(
    initWorkspace({
      folder,
      ...(options.name ? { name: options.name } : {}),
      ...(options.prefix ? { keyPrefix: options.prefix } : {}),
      ...(member ? { memberName: member } : {}),
    }),
  )
  if (address !== null)
    await withWorkspace({ ...options, workspace: made.folder }, (workspace) =>
      sayAddress(workspace, workspace.me.memberId, address),
    )
  if (options.json) printJson(made)
  else
    print(
      `Made the workspace ${safeLine(made.name)} in ${safeLine(made.folder)}. Write the first issue: docket new "…"`,
    )
  if (!member)
    process.stderr.write(
      `docket: so far you are called ${safeLine(accountName())} here, as your account on this computer is. Say better: docket name "…"\n`,
    )
}

/** Says what the person who sits here is called: here, and to the others where they know the person already. */
export async function sayName(name: string, options: Shared): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const memberId = workspace.me.memberId as never
    const said = cleanLine(name)
    if (said === '') throw new UsageError('A name has a visible character.')
    if (workspace.commands.decisionContext().entityExists('member', memberId))
      executeAll(workspace, [{ type: 'rename_member', memberId, name: said }])
    workspace.become({ memberName: said, named: 'yes' })
    if (options.json) printJson({ name: said })
    else print(`You are ${safeLine(said)} here.`)
  })
}

export async function create(title: string, options: Shared & NewOptions): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const { issueId, wishes } = await newIssueCommands(workspace, title, options)
    const done = outcome(workspace, issueId, executeAll(workspace, wishes))
    if (options.json) printJson(done)
    else print(`${done.key}  ${safeLine(workspace.log.issue(issueId).title)}`)
  })
}

export async function edit(key: string, options: Shared & EditOptions): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const issueId = issueIdOf(workspace, key)
    const wishes = await editCommands(workspace, issueId, options)
    if (wishes.length === 0 && !options.unlink)
      throw new UsageError('Say what to change; docket edit --help lists it.')
    const done = outcome(workspace, issueId, executeAll(workspace, wishes))
    if (options.json) printJson(done)
    else
      print(
        done.events.length === 0
          ? `${done.key} is like that already.`
          : `${done.key}: ${done.events.map((event) => event.type.replaceAll('_', ' ')).join(', ')}`,
      )
  })
}

export async function transition(
  key: string,
  name: string,
  options: Shared & { reason?: string },
): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const issueId = issueIdOf(workspace, key)
    const executed = execute(workspace, {
      type: 'transition',
      issueId,
      transition: name,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
    })
    if (options.json)
      return printJson({
        ...outcome(workspace, issueId, [executed]),
        status: workspace.log.issue(issueId).status,
      })
    print(`${executed.key}: ${workspace.log.issue(issueId).status}`)
  })
}

export async function comment(key: string, text: string | undefined, options: Shared): Promise<void> {
  await withWorkspace(options, async (workspace) => {
    const commentId = uuidv7()
    const body = await textOrInput(text ?? '-')
    if (body.trim() === '')
      throw new RefusedError({
        code: 'invalid_command',
        message: 'The comment is empty. Nothing was changed.',
      })
    const issueId = issueIdOf(workspace, key)
    const executed = execute(workspace, { type: 'comment', issueId, commentId, body })
    if (options.json) printJson({ ...outcome(workspace, issueId, [executed]), commentId })
    else print(`Commented on ${executed.key}.`)
  })
}
