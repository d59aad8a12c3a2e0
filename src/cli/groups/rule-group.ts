import type { Command } from 'commander'
import { type CommandGroup, commandAdder, many } from './add-command.ts'

const ruling = () => import('../commands/rule-commands.ts')

/** Adds the options that say what a rule is. */
const describedRule = (command: Command): Command =>
  command
    .option('--name <name>', 'what it is called')
    .option('--when <when>', 'event:TYPE,TYPE or due:3d or idle:14d')
    .option('--if <query>', 'for which issues: the filter language; any where absent')
    .option('--then <action>', 'label:bug, comment:TEXT, assign:@ada …; again for more', many)

/** `rule …`: automation rules. */
export const ruleGroup: CommandGroup = (program) => {
  const ruled = commandAdder(program.command('rule').description('automation rules; see docs/rules.md'))
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
    ruled(
      'change <rule> [file]',
      'change what is said, and nothing else',
      async ([name = '', file], options) => (await ruling()).changeRule(name, file, options),
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
}
