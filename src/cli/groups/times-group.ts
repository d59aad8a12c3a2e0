import { type CommandGroup, commandAdder } from './add-command.ts'

/** `times …`: clocks that were wrong. */
export const timesGroup: CommandGroup = (program) => {
  const timed = commandAdder(program.command('times').description('clocks that were wrong'))
  timed('list', 'where a clock jumped by more than a day', async (_, options) =>
    (await import('../commands/times-commands.ts')).listJumps(options),
  )
  timed(
    'correct <from> [to]',
    'correct the times of the events from one position to another',
    async ([from = '', to], options) =>
      (await import('../commands/times-commands.ts')).correct(from, to, options as never),
  )
    .requiredOption(
      '--by <span>',
      'what to add: -2d where the clock was two days ahead, 3h30m where it was behind',
    )
    .option('--dry-run', 'say what it would do; changes nothing')
}
