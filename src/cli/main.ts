import '#db/sqlite/quick-imports.ts'
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { environmentMistakes } from '#core/known-variables.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { conflictGroup } from './groups/conflict-group.ts'
import { eventTypeGroup } from './groups/event-type-group.ts'
import { inboxGroup } from './groups/inbox-group.ts'
import { issueGroup } from './groups/issue-group.ts'
import { logGroup } from './groups/log-group.ts'
import { memberGroup } from './groups/member-group.ts'
import { ruleGroup } from './groups/rule-group.ts'
import { syncGroup } from './groups/sync-group.ts'
import { teamGroup } from './groups/team-group.ts'
import { timesGroup } from './groups/times-group.ts'
import { windowGroup } from './groups/window-group.ts'
import { workGroup } from './groups/work-group.ts'
import { workspaceGroup } from './groups/workspace-group.ts'
import { RefusedError, refusalSentence, safeLine, UsageError } from './output/output.ts'

/** The groups of commands, in the order of the help. */
const groups = [
  memberGroup,
  issueGroup,
  logGroup,
  workGroup,
  syncGroup,
  teamGroup,
  conflictGroup,
  inboxGroup,
  ruleGroup,
  workspaceGroup,
  eventTypeGroup,
  timesGroup,
  windowGroup,
]

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = new Command('docket')
  .description('Issues as events: instant, offline, explainable. See docs/cli.md.')
  .option(
    '-w, --workspace <dir>',
    'the workspace; else DOCKET_WORKSPACE, this folder or the nearest above it',
  )
  .version(version, '-V, --version')
  .option('--json', 'print one JSON document, of a documented shape')
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({
    // One line as every other: "error: unknown command 'lst'\n(Did you mean list?)" is two.
    outputError: (text) => fail(text.replace(/^error: /, '').trim(), 2),
  })
  .exitOverride()

for (const declare of groups) declare(program)

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads our output may stop early: that is no error.
  if (error.code === 'EPIPE') process.exit(0)
  const full = error.code === 'ENOSPC'
  fail(
    `The output could not be written: ${full ? 'the disk is full' : error.message}. [${full ? 'disk_full' : 'internal'}]`,
    1,
  )
})

/** Says it in one line, and only the first: what fails after that is a consequence. */
function fail(message: string, exitCode: 1 | 2): void {
  if (process.exitCode) return
  process.stderr.write(`docket: ${safeLine(message)}\n`)
  process.exitCode = exitCode
}

const { refused, warned } = environmentMistakes(process.env)
for (const warning of warned) process.stderr.write(`docket: ${safeLine(warning)}\n`)

try {
  if (refused[0] !== undefined) throw new UsageError(refused[0])
  await program.parseAsync()
} catch (error) {
  if (error instanceof RefusedError) fail(`${refusalSentence(error.refusal)} [${error.refusal.code}]`, 1)
  else if (error instanceof UsageError) fail(error.message, 2)
  // Commander has said what is wrong above; help that was asked for is no mistake.
  else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const refusal = databaseRefusal(error, 'The workspace')
    if (refusal) fail(`${refusal.message} [${refusal.code}]`, 1)
    else {
      fail(
        `${error instanceof Error ? error.message : String(error)}, which is a bug in Docket. [internal]`,
        1,
      )
      if (process.env.DOCKET_TRACE) console.error(error)
    }
  }
}
