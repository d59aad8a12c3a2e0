import { Option } from 'commander'
import { importFormats } from '#contract/import-formats.ts'
import { type CommandGroup, commandAdder } from './add-command.ts'

/** `import` to `rebuild`: what goes over the log as a whole. */
export const logGroup: CommandGroup = (program) => {
  const add = commandAdder(program)
  add(
    'import <file>',
    'bring in another tracker’s history; again adds only what is new; - is standard input',
    async ([file = ''], options) => (await import('../commands/import-command.ts')).importInto(file, options),
  )
    .addOption(
      new Option('--format <format>', 'what the file is').choices(importFormats).makeOptionMandatory(),
    )
    .option('--with-pull-requests', 'take GitHub’s pull requests as issues')

  add('export', 'write everything out', async (_, options) =>
    (await import('../commands/export-command.ts')).exportFrom(options),
  )
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
    async ([file = ''], options) => (await import('../commands/log-commands.ts')).backup(file, options),
  )
  add(
    'verify',
    'check the history, the file, and that what is shown is what it comes to',
    async (_, options) => (await import('../commands/log-commands.ts')).verify(options),
  ).option('--accept', 'take this copy for the newest that this computer saw, though it saw a newer one')
  add('rebuild', 'make every projection again from the history', async (_, options) =>
    (await import('../commands/log-commands.ts')).rebuild(options),
  )
}
