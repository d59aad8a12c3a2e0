import { type CommandGroup, commandAdder } from './add-command.ts'

const syncing = () => import('../commands/sync-commands.ts')

/** `conflict …`: changes that lost are listed and settled. */
export const conflictGroup: CommandGroup = (program) => {
  const conflict = program
    .command('conflict')
    .description('changes that had no effect, for others came first')
  const conflictCommand = commandAdder(conflict)
  conflictCommand('list', 'what is not settled', async (_, options) =>
    (await syncing()).listConflicts(options),
  ).option('--all', 'settled ones too')
  conflictCommand('flip <conflict>', 'make the change again that lost', async ([id = ''], options) =>
    (await syncing()).answerConflict('flip', id, options),
  )
  conflictCommand('dismiss <conflict>', 'leave it as it is', async ([id = ''], options) =>
    (await syncing()).answerConflict('dismiss', id, options),
  )
}
