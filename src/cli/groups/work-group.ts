import { type CommandGroup, commandAdder } from './add-command.ts'

const syncing = () => import('../commands/sync-commands.ts')

/** `work` and `digest`: what the app does by itself while it is open. */
export const workGroup: CommandGroup = (program) => {
  const add = commandAdder(program)
  add('work', 'run the inboxes: until Ctrl-C, or once', async (_, options) =>
    (await import('../commands/work-command.ts')).work(options),
  ).option('--once', 'end when nothing is left that can be done now')

  add('digest', 'print the digest of the folded state', async (_, options) =>
    (await syncing()).digest(options),
  )
}
