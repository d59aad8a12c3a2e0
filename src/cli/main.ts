import '#db/sqlite/quick-imports.ts'
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { deliveryStates } from '#contract/answers/inbox-answers.ts'
import type { FieldKind, OptionDeclaration } from '#core/issue/fields/field.ts'
import { fields, fieldsOf } from '#core/issue/fields/fields.ts'
import { environmentMistakes } from '#core/known-variables.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { RefusedError, refusalSentence, safeLine, UsageError } from './output/output.ts'

type Options = Record<string, unknown>

const many = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

function count(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 500)
    throw new InvalidArgumentError('It takes a whole number from 1 to 500.')
  return Number(text)
}

// Each command loads only what it needs: a script that writes an issue does not wait for exporters and threads.
const reading = () => import('./commands/read-commands.ts')
const writing = () => import('./commands/write-commands.ts')
const working = () => import('./commands/work-commands.ts')
const inboxing = () => import('./commands/inbox-commands.ts')
const ruling = () => import('./commands/rule-commands.ts')
const teaming = () => import('./commands/team-commands.ts')
const syncing = () => import('./commands/sync-commands.ts')

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

/** Options of the command and of `docket` itself, together. */
const all = (command: Command): Options => command.optsWithGlobals()

type Run = (args: string[], options: never) => void | Promise<void>

/** Adds commands to `docket` or to one of its groups. */
const adder =
  (parent: Command) =>
  (usage: string, description: string, run: Run): Command =>
    parent
      .command(usage)
      .description(description)
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command
        await run(given.slice(0, -2) as string[], all(command) as never)
      })
const add = adder(program)

add('init', 'make a workspace', async (_, options) => (await writing()).init(options))
  .option('--name <name>', 'its name; the folder’s where absent')
  .option('--prefix <letters>', 'what keys begin with', 'DOC')
  .option('--member <name>', 'your name; asked for where absent')
  .option('--email <address>', 'where you get mail')
add(
  'email [address]',
  'say where you get mail, or another; none takes it away; alone it lists',
  async ([address], options) => (await import('./commands/email-commands.ts')).email(address, options),
).option('--of <person>', 'whose it is; yours where absent')
add('name <name>', 'say what you are called', async ([name = ''], options) =>
  (await writing()).sayName(name, options),
)

/** Adds the options of fields of some kinds. */
function withFields(command: Command, ...operands: readonly FieldKind['operand'][]): Command {
  for (const field of fieldsOf(...operands)) {
    const { flag, short, value, help }: OptionDeclaration = field.option
    command.option(`${short ? `-${short}, ` : ''}--${flag} <${value}>`, help)
  }
  return command
}

const described = (command: Command): Command =>
  withFields(
    withFields(
      command.option('-d, --description <text>', 'Markdown; - reads standard input'),
      'rank',
      'day',
      'number',
    ).option('-l, --label <name>', 'a label, made where it is new; again for more', many),
    'reference',
  ).option('-a, --assign <person>', 'a handle, a name or @me; again for more', many)

described(
  add('new <title>', 'write an issue', async ([title = ''], options) =>
    (await writing()).create(title, options),
  ),
)

add(
  'list [query...]',
  'list issues; the query language is in docs/filter-language.md',
  async ([query], options) =>
    (await reading()).listIssues(([query ?? []].flat() as string[]).join(' '), options),
)
  .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
  .option('--cursor <cursor>', 'goes on where a page ended')

add('show <key>', 'show an issue, also as of an earlier time', async ([key = ''], options) =>
  (await reading()).showIssue(key, options),
).option('--at <time>', '2026-03-01, 2026-03-01T14:20 or "3d ago"')

const edit = described(
  add('edit <key>', 'change an issue: all of what is asked, or nothing', async ([key = ''], options) =>
    (await writing()).edit(key, options),
  ),
)
withFields(edit, 'text')
for (const { option } of fields) {
  const { flag, without }: OptionDeclaration = option
  if (without) edit.option(`--no-${flag}`, without)
}
edit
  .option('--unlabel <name>', 'take a label off', many)
  .option('--unassign <person>', 'take somebody off', many)
  .option('--parent <key>', 'make it a child of that issue', many)
  .option('--blocks <key>', 'say that it blocks that issue', many)
  .option('--relates <key>', 'say that it relates to that issue', many)
  .option('--duplicates <key>', 'say that it duplicates that issue', many)
  .option('--unlink <key>', 'take its links to that issue away', many)
  .option('--subscribe', 'hear of it')
  .option('--no-subscribe', 'hear no more of it')
  .option('--mute', 'hear nothing of it, whoever mentions you')
  .option('--no-mute', 'hear of it again')
  .option('--archive', 'put it away')
  .option('--restore', 'bring it back')

add('do <key> <transition>', 'move an issue along its workflow', async ([key = '', name = ''], options) =>
  (await writing()).transition(key, name, options),
).option('--reason <text>', 'why')

add('transitions <key>', 'what the issue’s workflow allows now', async ([key = ''], options) =>
  (await reading()).transitions(key, options),
)

add(
  'comment <key> [body]',
  'comment; the body may come from standard input',
  async ([key = '', body], options) => (await writing()).comment(key, body, options),
)

add('feed [key]', 'what happened, newest first', async ([key], options) =>
  (await reading()).feed(key, options),
)
  .option('--actor <person>', 'what one person did')
  .option('--before <position>', 'goes on before that position')
  .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)

add(
  'import <file>',
  'bring in another tracker’s history; again adds only what is new; - is standard input',
  async ([file = ''], options) => (await working()).importInto(file, options),
)
  .addOption(
    new Option('--format <format>', 'what the file is')
      .choices(['docket', 'github', 'jira', 'beads', 'beads-events'])
      .makeOptionMandatory(),
  )
  .option('--with-pull-requests', 'take GitHub’s pull requests as issues')

add('export', 'write everything out', async (_, options) => (await working()).exportFrom(options))
  .addOption(
    new Option('--format <format>', 'what to write')
      .choices(['jsonl', 'csv', 'markdown'])
      .makeOptionMandatory(),
  )
  .option('--excel', 'begin CSV with the mark by which Excel knows UTF-8')
  .option('-o, --output <file>', 'where to; standard output where absent')
  .option('--with-views', 'who opened which issue too (jsonl)')

add(
  'backup <file>',
  'copy the history into a file, also while Docket is open, and check the copy',
  async ([file = ''], options) => (await working()).backup(file, options),
)
add('verify', 'check the history, the file, and that what is shown is what it comes to', async (_, options) =>
  (await working()).verify(options),
).option('--accept', 'take this copy for the newest that this computer saw, though it saw a newer one')
add('rebuild', 'make every projection again from the history', async (_, options) =>
  (await working()).rebuild(options),
)
add('work', 'run the inboxes: until Ctrl-C, or once', async (_, options) =>
  (await inboxing()).work(options),
).option('--once', 'end when nothing is left that can be done now')

add('digest', 'print the digest of the folded state', async (_, options) => (await syncing()).digest(options))

const sync = program.command('sync').description('share the workspace through a server')
const syncCommand = adder(sync)
syncCommand(
  'join <url>',
  'take an invite: this workspace and the server’s become one',
  async ([url = ''], options) => (await syncing()).join(url, options),
)
  .option(
    '--invite <invite>',
    'the invite; - reads standard input, and it is asked for where this is left out',
  )
  .option('--device <name>', 'what this machine is called; its host name where absent')
  .option('--ca <file>', 'an authority to trust for this server, PEM')
  .option('--email <address>', 'where you get mail, for the others to see')
  .option('--encrypt', 'begin end-to-end encryption; for the first to join')
syncCommand('now', 'push and pull at once', async (_, options) => (await syncing()).now(options))
syncCommand('status', 'how this copy stands with its server', async (_, options) =>
  (await syncing()).status(options),
)
syncCommand('pause', 'stay off the server', async (_, options) => (await syncing()).pause(options))
syncCommand('resume', 'go on after a pause', async (_, options) => (await syncing()).resume(options))
syncCommand(
  'pass-over <event>',
  'go on without an event whose payload does not open',
  async ([event = ''], options) => (await syncing()).ignoreUnreadable(event, options),
)
syncCommand('leave', 'go on alone, with everything that is here', async (_, options) =>
  (await syncing()).leave(options),
)

const team = program.command('team').description('who shares the workspace')
const teamCommand = adder(team)
teamCommand('members', 'members, their devices and open invites', async (_, options) =>
  (await teaming()).listMembers(options),
)
teamCommand('invite', 'make an invite, to be taken once', async (_, options) =>
  (await teaming()).invite(options),
)
  .addOption(new Option('--role <role>', 'what they may do').choices(['owner', 'member', 'reader']))
  .option('--member <member>', 'a further device of somebody who is a member: name or id')
  .option('--hours <count>', 'how long it is good for, 1 to 720', count)
teamCommand(
  'role <member> <role>',
  'let a member do more or less',
  async ([who = '', role = ''], options) => {
    const { changeRole, roleNamed } = await teaming()
    await changeRole(who, roleNamed(role), options)
  },
)
teamCommand('revoke <id>', 'revoke a device, or take an invite back', async ([id = ''], options) =>
  (await teaming()).revoke(id, options),
)
teamCommand('remove <member>', 'take a member out, with all of their devices', async ([who = ''], options) =>
  (await teaming()).remove(who, options),
)

const conflict = program.command('conflict').description('changes that had no effect, for others came first')
const conflictCommand = adder(conflict)
conflictCommand('list', 'what is not settled', async (_, options) =>
  (await syncing()).listConflicts(options),
).option('--all', 'settled ones too')
conflictCommand('flip <conflict>', 'make the change again that lost', async ([id = ''], options) =>
  (await syncing()).decideConflict('flip', id, options),
)
conflictCommand('dismiss <conflict>', 'leave it as it is', async ([id = ''], options) =>
  (await syncing()).decideConflict('dismiss', id, options),
)

const inbox = program.command('inbox').description('what the inboxes did, and what they could not do')
const inboxCommand = adder(inbox)
inboxCommand('list', 'each inbox and how it fares', async (_, options) =>
  (await inboxing()).listInboxes(options),
)
inboxCommand('deliveries', 'what was delivered, newest first', async (_, options) =>
  (await inboxing()).listDeliveries(options),
)
  .option('--inbox <name>', 'of one inbox')
  .addOption(new Option('--state <state>', 'in one state').choices([...deliveryStates, 'retrying']))
  .option('--before <id>', 'goes on before that delivery')
  .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
inboxCommand('dead', 'dead letters with every attempt', async (_, options: Options) =>
  (await inboxing()).listDeliveries({ ...options, state: 'dead' } as never),
)
  .option('--inbox <name>', 'of one inbox')
  .option('--before <id>', 'goes on before that delivery')
  .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
inboxCommand('replay [which...]', 'try dead letters again, by id or of an inbox', async ([which], options) =>
  (await inboxing()).settleDead('replay', [which ?? []].flat(), options),
).option('--all', 'all there are')
inboxCommand('discard [which...]', 'give dead letters up, by id or of an inbox', async ([which], options) =>
  (await inboxing()).settleDead('discard', [which ?? []].flat(), options),
).option('--all', 'all there are')
inboxCommand('pause <name>', 'hold an inbox; what comes waits', async ([name = ''], options) =>
  (await inboxing()).pauseOrResume('pause', name, options),
)
inboxCommand('resume <name>', 'let it go on', async ([name = ''], options) =>
  (await inboxing()).pauseOrResume('resume', name, options),
)
inboxCommand('backfill <name>', 'have it look again at what was recorded', async ([name = ''], options) =>
  (await inboxing()).backfillInbox(name, options as never),
).requiredOption('--from <when>', 'since a day, an instant, or 3d ago')
inboxCommand('test <name>', 'send something harmless', async ([name = ''], options) =>
  (await inboxing()).testInbox(name, options),
).option('--target <target>', 'to one of several: an endpoint’s or route’s id')
inboxCommand(
  'trust <name>',
  'let an inbox of your own run, as its file is now',
  async ([name = ''], options) =>
    (await import('./commands/own-inbox-commands.ts')).trustInbox(true, name, options),
)
  .option('--hash <sha256>', 'only if the file has this hash')
  .option('--unconfined', 'also where Docket can not confine it, with all of your rights')
inboxCommand('distrust <name>', 'let it run no more', async ([name = ''], options) =>
  (await import('./commands/own-inbox-commands.ts')).trustInbox(false, name, options),
)
inboxCommand(
  'set <name> [settings]',
  'change its settings: a JSON file, or -',
  async ([name = '', file], options) => (await inboxing()).setInbox(name, file, options),
)
  .option('--on', 'switch it on')
  .option('--off', 'switch it off')
  .option('--secret <field>', 'set a secret, read from standard input')
  .option('--remove-secret <field>', 'take a secret away')
const ruled = adder(program.command('rule').description('automation rules; see docs/rules.md'))
const describedRule = (command: Command): Command =>
  command
    .option('--name <name>', 'what it is called')
    .option('--when <when>', 'event:TYPE,TYPE or due:3d or idle:14d')
    .option('--if <query>', 'for which issues: the filter language; any where absent')
    .option('--then <action>', 'label:bug, comment:TEXT, assign:@ada …; again for more', many)
ruled('list', 'every rule', async (_, options) => (await ruling()).printRules(options))
ruled('show <rule>', 'one rule, and who changed it', async ([name = ''], options) =>
  (await ruling()).showRule(name, options),
)
describedRule(
  ruled(
    'add [file]',
    'add a rule: from a JSON file (- for standard input) or as options say',
    async ([file], options) => (await ruling()).add(file, options),
  ),
)
describedRule(
  ruled('change <rule> [file]', 'change what is said, and nothing else', async ([name = '', file], options) =>
    (await ruling()).changeRule(name, file, options),
  ),
)
describedRule(
  ruled('dry-run [rule]', 'what a rule would have done; changes nothing', async ([name], options) =>
    (await ruling()).tryOut(name, options),
  ),
)
  .option('--file <file>', 'of a rule in a JSON file')
  .option('--since <time>', '2026-03-01, 2026-03-01T14:20, now or "30d ago"; from the start where absent')
for (const [what, does] of [
  ['enable', 'let it act'],
  ['disable', 'keep it, and let it rest'],
  ['remove', 'take it away; its history stays'],
] as const)
  ruled(`${what} <rule>`, does, async ([name = ''], options) =>
    (await ruling()).switchRule(what, name, options),
  )
ruled(
  'answer <rule>',
  'whether a rule that waits may act on many issues at once',
  async ([name = ''], options) => (await ruling()).answer(name, options),
)
  .option('--act', 'it acts on what it waits with')
  .option('--leave', 'it leaves those alone, and goes on with what comes later')
const workspaceCommand = adder(
  program.command('workspace').description('what is true of the workspace, for everybody in it'),
)
workspaceCommand('show', 'what it is called, and what it counts in', async (_, options) =>
  (await import('./commands/workspace-commands.ts')).showWorkspace(options),
)
workspaceCommand('rename <name>', 'call it otherwise', async ([name = ''], options) =>
  (await import('./commands/workspace-commands.ts')).renameWorkspace(name, options),
)
workspaceCommand(
  'unit <field> <unit>',
  'say what a field of issues is counted in',
  async ([field = '', unit = ''], options) =>
    (await import('./commands/workspace-commands.ts')).chooseUnit(field, unit, options),
)
const timed = adder(program.command('times').description('clocks that were wrong'))
timed('list', 'where a clock jumped by more than a day', async (_, options) =>
  (await import('./commands/times-commands.ts')).listJumps(options),
)
timed(
  'correct <from> [to]',
  'correct the times of the events from one position to another',
  async ([from = '', to], options) =>
    (await import('./commands/times-commands.ts')).correct(from, to, options as never),
)
  .requiredOption(
    '--by <span>',
    'what to add: -2d where the clock was two days ahead, 3h30m where it was behind',
  )
  .option('--dry-run', 'say what it would do; changes nothing')
add('stats', 'count what is here', async (_, options) => (await reading()).stats(options))
add('serve', 'open the app in a browser', async (_, options) => (await working()).serveWindow(options))
  .option('--port <number>', 'the port on 127.0.0.1', (text) => {
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      throw new InvalidArgumentError('It takes a whole number up to 65535.')
    return text
  })
  .option('--no-open', 'do not open a browser')

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
