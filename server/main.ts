import '#db/sqlite/quick-imports.ts'
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { roles } from '#contract/sync-api/team.ts'
import { environmentMistakes } from '#core/known-variables.ts'
import type { AdminInput } from './admin/admin-routes.ts'
import { ServerUsageError } from './http/exposure.ts'

type Options = Record<string, unknown>

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It takes a port from 0 to 65535.')
  return Number(text)
}
function count(text: string): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}

function readable(file: string): string {
  try {
    readFileSync(file)
    return file
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new InvalidArgumentError(missing ? 'There is no such file.' : 'It can not be read.')
  }
}

const program = new Command('docket-server')
  .description('The sync server of Docket; see docs/server.md. With DATABASE_URL it runs on Postgres.')
  .version(version, '-V, --version')
  .option('--data <dir>', 'the directory that holds everything; made where it is not there')
  .option('--port <port>', 'where it listens', port, 7420)
  .option('--host <address>', 'the address it listens on', '127.0.0.1')
  .option('--url <url>', 'where clients reach it, for invites')
  .option('--tls-cert <file>', 'a certificate, PEM', readable)
  .option('--tls-key <file>', 'the certificate’s key, PEM', readable)
  .option('--trust-proxy', 'limits go by the address that the proxy in front adds to X-Forwarded-For')
  .option('--allow-plain-http', 'listens beyond this machine without a certificate and without a proxy')
  .option('--public-metrics', 'everybody may read /metrics where DOCKET_METRICS_TOKEN is not set')
  .option('--requests-a-minute <count>', 'of one device; 1,200 where absent', count)
  .option('--requests-a-minute-per-address <count>', '6,000 where absent', count)
  .option('--keep-days <count>', 'how long used invites, revoked devices and evidence are kept; 90', count)
  .addOption(
    new Option('--log-level <level>', 'debug has what brought nothing, too')
      .choices(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info'),
  )
  .option('--events-an-hour <count>', 'that one device may push; a workspace ten times as many', count)
  .option('--megabytes-an-hour <count>', 'that one device may push; a workspace ten times as many', count)
  .option(
    '--most-megabytes <count>',
    'that the database may have; no limit but the disk’s where absent',
    count,
  )
  .option('--pool <count>', 'connections to Postgres', count)
  .option('--connections <count>', 'in all', count)
  .option('--connections-an-address <count>', 'of one address; without --trust-proxy', count)
  .option('--json', 'print one JSON document')
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text) => process.stderr.write(text) })
  .exitOverride()
  .action(async (options: Options) => {
    await (await import('./serve.ts')).serve(options)
  })

const admin = program.command('admin').description('workspaces, members and invites')
const administering = (request: (options: Options) => Omit<AdminInput, 'workspace'>) =>
  async function (this: Command): Promise<void> {
    const options = this.optsWithGlobals() as Options
    await (await import('./administer.ts')).administerByCommand(options, request(options))
  }
const add = (usage: string, description: string, request: (options: Options) => object): Command =>
  admin
    .command(usage)
    .description(description)
    .action(administering(request as never))
const ofWorkspace = (command: Command): Command =>
  command.option('--workspace <id>', 'which; may be left out where there is only one')

add('create-workspace', 'makes a workspace and prints its owner’s invite', ({ name }) => ({
  do: 'create-workspace',
  name,
})).requiredOption('--name <name>', 'what it is called')
ofWorkspace(
  add('invite', 'prints an invite', ({ role, member, hours }) => ({
    do: 'invite',
    role,
    ...(member ? { member } : {}),
    ...(hours ? { hours } : {}),
  })),
)
  .addOption(new Option('--role <role>', 'of whom is invited').choices(roles).default('member'))
  .option('--member <id>', 'a further device of somebody who is a member')
  .option('--hours <count>', 'how long it can be taken', count)
ofWorkspace(add('members', 'lists members, their devices and open invites', () => ({ do: 'members' })))
ofWorkspace(add('role', 'changes somebody’s role', ({ member, role }) => ({ do: 'role', member, role })))
  .requiredOption('--member <id>', 'whose')
  .addOption(new Option('--role <role>', 'the new one').choices(roles).makeOptionMandatory())
ofWorkspace(
  add('revoke', 'takes a device, a member or an invite away', ({ device, member, invite }) => ({
    do: 'revoke',
    ...(device ? { device } : {}),
    ...(member ? { member } : {}),
    ...(invite ? { invite } : {}),
  })),
)
  .option('--device <id>', 'its token is refused from now on')
  .option('--member <id>', 'with all their devices')
  .option('--invite <id>', 'one that was not taken')
add('workspaces', 'lists the workspaces', () => ({ do: 'workspaces' }))

const { refused, warned } = environmentMistakes(process.env)
for (const warning of warned) process.stderr.write(`${warning}\n`)

try {
  if (refused[0] !== undefined) throw new ServerUsageError(refused[0])
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof ServerUsageError ? 2 : 1
  }
}
