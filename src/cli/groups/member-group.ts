import { type CommandGroup, commandAdder } from './add-command.ts'

const writing = () => import('../commands/write-commands.ts')

/** `init`, `email`, `name`: the workspace is begun, and its member named. */
export const memberGroup: CommandGroup = (program) => {
  const add = commandAdder(program)
  add('init', 'make a workspace', async (_, options) => (await writing()).init(options))
    .option('--name <name>', 'its name; the folder’s where absent')
    .option('--prefix <letters>', 'what keys begin with', 'DOC')
    .option('--member <name>', 'your name; asked for where absent')
    .option('--email <address>', 'where you get mail')
  add(
    'email [address]',
    'say where you get mail, or another; none takes it away; alone it lists',
    async ([address], options) => (await import('../commands/email-commands.ts')).email(address, options),
  ).option('--of <person>', 'whose it is; yours where absent')
  add('name <name>', 'say what you are called', async ([name = ''], options) =>
    (await writing()).sayName(name, options),
  )
}
