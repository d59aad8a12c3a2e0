import { type CommandGroup, commandAdder } from './add-command.ts'

const workspaceCommands = () => import('../commands/workspace-commands.ts')

/** `workspace …`: what is true of the workspace for everybody in it. */
export const workspaceGroup: CommandGroup = (program) => {
  const workspaceCommand = commandAdder(
    program.command('workspace').description('what is true of the workspace, for everybody in it'),
  )
  workspaceCommand('show', 'what it is called, and what it counts in', async (_, options) =>
    (await workspaceCommands()).showWorkspace(options),
  )
  workspaceCommand('rename <name>', 'call it otherwise', async ([name = ''], options) =>
    (await workspaceCommands()).renameWorkspace(name, options),
  )
  workspaceCommand(
    'unit <field> <unit>',
    'say what a field of issues is counted in',
    async ([field = '', unit = ''], options) => (await workspaceCommands()).chooseUnit(field, unit, options),
  )
}
