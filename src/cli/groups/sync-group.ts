import { type CommandGroup, commandAdder } from './add-command.ts'

const syncing = () => import('../commands/sync-commands.ts')

/** `sync …`: the workspace is shared through a server. */
export const syncGroup: CommandGroup = (program) => {
  const sync = program.command('sync').description('share the workspace through a server')
  const syncCommand = commandAdder(sync)
  syncCommand(
    'join <url>',
    'take an invite: this workspace and the server’s become one',
    async ([url = ''], options) => (await syncing()).joinTeam(url, options),
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
}
