import { InvalidArgumentError } from 'commander'
import { type CommandGroup, commandAdder } from './add-command.ts'

const reading = () => import('../commands/read-commands.ts')

/** `stats` and `serve`: what is here, in a line or in a browser. */
export const windowGroup: CommandGroup = (program) => {
  const add = commandAdder(program)
  add('stats', 'count what is here', async (_, options) => (await reading()).stats(options))
  add('serve', 'open the app in a browser', async (_, options) =>
    (await import('../commands/serve-command.ts')).serveWindow(options),
  )
    .option('--port <number>', 'the port on 127.0.0.1', (text) => {
      if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
        throw new InvalidArgumentError('It takes a whole number up to 65535.')
      return text
    })
    .option('--no-open', 'do not open a browser')
}
