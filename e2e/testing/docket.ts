import { execFile } from 'node:child_process'
import { expect, type Page } from '@playwright/test'
import { v7 as uuidv7 } from 'uuid'
import type { CallInput, CallName, CallOutput } from '#contract/calls.ts'
import type { Command } from '#core/commands.ts'
import type { IssueCommand } from '#core/issue/issue-commands.ts'
import type { IssueId, LabelId, MemberId } from '#core/values/ids.ts'
import type { Result } from '#core/values/refusal.ts'
import { root } from '../host/project-root.ts'
import { appNode } from '../host/web-host.ts'

export type Made = { readonly id: IssueId; readonly key: string }
/** What a process that ended leaves behind. */
export type Ended = { readonly stdout: string; readonly stderr: string; readonly code: number }

/** The host's own process. */
export type HostProcess = {
  stop(): Promise<void>
  /** Again, at the same address. */
  start(): Promise<void>
  /** Kills the inbox worker that it runs (-9). @returns whether there was one */
  killWorker(): boolean
}
type NewIssue = Omit<Extract<IssueCommand, { type: 'create' }>, 'type' | 'issueId'>

/** What a spec does beside clicking: setting the scene, acting as another process, and looking behind the window. */
export type Docket = {
  readonly folder: string
  readonly host: 'web' | 'electron'
  /** Through the window's own bridge. @throws where it is refused. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>
  /** The answer as the window gets it, refusals too. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  execute(command: Command): Promise<void>
  create(issue: NewIssue): Promise<Made>
  /** Many at once, in order. */
  createAll(issues: readonly NewIssue[]): Promise<Made[]>
  addLabel(name: string, colour?: string): Promise<LabelId>
  addMember(name: string): Promise<MemberId>
  transition(issue: Made, ...transitions: string[]): Promise<void>
  comment(issue: Made, body: string): Promise<void>
  /** Goes to a place in the window, such as `/board`. */
  open(path: string): Promise<void>
  /** The `docket` command in a process of its own, on the same workspace. */
  cli(...args: string[]): Promise<Ended>
  /** Commands of another member, from a process of its own. */
  actAs(member: MemberId, ...commands: Command[]): Promise<void>
  /** A second window on the same workspace. */
  secondWindow(): Promise<{ readonly page: Page; readonly docket: Docket }>
  /** The host itself, where it outlives its window: the web host. */
  readonly process: HostProcess | null
}

type Given = Pick<Docket, 'folder' | 'host' | 'process'> & {
  readonly page: Page
  readonly newPage: () => Promise<Page>
}

/** The {@link Docket} of one test. */
export function createDocket(given: Given): Docket {
  const { page, folder, host, newPage, process: hostProcess } = given
  const askAll = async (calls: readonly { name: string; input: unknown }[]): Promise<Result<unknown>[]> => {
    await page.waitForFunction(() => 'docket' in window)
    return await page.evaluate(async (asked) => {
      type Bridge = { call(name: string, input: unknown): Promise<Result<unknown>> }
      const { docket } = window as unknown as { docket: Bridge }
      const answers = []
      for (const { name, input } of asked) answers.push(await docket.call(name, input))
      return answers
    }, calls)
  }
  const callAll = async (calls: readonly { name: string; input: unknown }[]): Promise<unknown[]> =>
    (await askAll(calls)).map((result) => {
      if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.error)}`)
      return result.value
    })
  const executeAll = (commands: readonly Command[]) =>
    callAll(commands.map((command) => ({ name: 'commands.execute', input: { command } }))) as Promise<
      CallOutput<'commands.execute'>[]
    >
  const docket: Docket = {
    folder,
    host,
    process: hostProcess,
    async secondWindow() {
      const second = await newPage()
      return { page: second, docket: createDocket({ ...given, page: second }) }
    },
    call: async (name, input) => (await callAll([{ name, input }]))[0] as never,
    ask: async (name, input) => (await askAll([{ name, input }]))[0] as never,
    async execute(command) {
      await executeAll([command])
    },
    create: async (issue) => (await docket.createAll([issue]))[0] as Made,
    async createAll(issues) {
      const ids = issues.map(() => uuidv7() as IssueId)
      const made = await executeAll(
        issues.map((issue, index) => ({ type: 'create', issueId: ids[index] as IssueId, ...issue })),
      )
      return made.map(({ key }, index) => ({ id: ids[index] as IssueId, key: key ?? '' }))
    },
    async addLabel(name, colour) {
      const labelId = uuidv7() as LabelId
      await executeAll([{ type: 'create_label', labelId, name, ...(colour ? { colour } : {}) }])
      return labelId
    },
    async addMember(name) {
      const memberId = uuidv7() as MemberId
      await executeAll([{ type: 'add_member', memberId, name }])
      return memberId
    },
    async transition({ id }, ...transitions) {
      await executeAll(transitions.map((transition) => ({ type: 'transition', issueId: id, transition })))
    },
    async comment({ id }, body) {
      await executeAll([{ type: 'comment', issueId: id, commentId: uuidv7() as never, body }])
    },
    async open(path) {
      await page.evaluate((to) => {
        location.hash = to
      }, path)
      await expect(page.locator('#main')).toBeVisible()
    },
    cli: (...args) => runCli(folder, ...args),
    actAs: (member, ...commands) =>
      new Promise((resolve, reject) => {
        const args = ['e2e/host/act-as.ts', folder, member, JSON.stringify(commands)]
        execFile(appNode, args, { cwd: root }, (error) => (error ? reject(error) : resolve()))
      }),
  }
  return docket
}

/** The `docket` command in a process of its own. */
export function runCli(folder: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, DOCKET_WORKSPACE: folder } }
    execFile(appNode, ['src/cli/docket.mjs', ...args], options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error ? Number(error.code) : 0 })
    })
  })
}
