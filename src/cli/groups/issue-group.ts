import type { Command } from 'commander'
import type { FieldKind, OptionDeclaration } from '#core/issue/fields/field.ts'
import { fields, fieldsOf } from '#core/issue/fields/fields.ts'
import { type CommandGroup, commandAdder, count, many } from './add-command.ts'

const reading = () => import('../commands/read-commands.ts')
const writing = () => import('../commands/write-commands.ts')

/** Adds the options of fields of some kinds. */
function withFields(command: Command, ...operands: readonly FieldKind['operand'][]): Command {
  for (const field of fieldsOf(...operands)) {
    const { flag, short, value, help }: OptionDeclaration = field.option
    command.option(`${short ? `-${short}, ` : ''}--${flag} <${value}>`, help)
  }
  return command
}

/** Adds the options that say what an issue is, to write one as well as to change it. */
const described = (command: Command): Command =>
  withFields(
    withFields(
      command.option('-d, --description <text>', 'Markdown; - reads standard input'),
      'rank',
      'day',
      'number',
    ).option('-l, --label <name>', 'a label, made where it is new; again for more', many),
    'reference',
  ).option('-a, --assign <person>', 'a handle, a name or @me; again for more', many)

/** `new` to `feed`: issues are written, read and changed. */
export const issueGroup: CommandGroup = (program) => {
  const add = commandAdder(program)
  described(
    add('new <title>', 'write an issue', async ([title = ''], options) =>
      (await writing()).create(title, options),
    ),
  )

  add(
    'list [query...]',
    'list issues; the query language is in docs/filter-language.md',
    async ([query], options) =>
      (await reading()).listIssues(([query ?? []].flat() as string[]).join(' '), options),
  )
    .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
    .option('--cursor <cursor>', 'goes on where a page ended')

  add('show <key>', 'show an issue, also as of an earlier time', async ([key = ''], options) =>
    (await reading()).showIssue(key, options),
  ).option('--at <time>', '2026-03-01, 2026-03-01T14:20 or "3d ago"')

  const edit = described(
    add('edit <key>', 'change an issue: all of what is asked, or nothing', async ([key = ''], options) =>
      (await writing()).edit(key, options),
    ),
  )
  withFields(edit, 'text')
  for (const { option } of fields) {
    const { flag, without }: OptionDeclaration = option
    if (without) edit.option(`--no-${flag}`, without)
  }
  edit
    .option('--unlabel <name>', 'take a label off', many)
    .option('--unassign <person>', 'take somebody off', many)
    .option('--parent <key>', 'make it a child of that issue', many)
    .option('--blocks <key>', 'say that it blocks that issue', many)
    .option('--relates <key>', 'say that it relates to that issue', many)
    .option('--duplicates <key>', 'say that it duplicates that issue', many)
    .option('--unlink <key>', 'take its links to that issue away', many)
    .option('--subscribe', 'hear of it')
    .option('--no-subscribe', 'hear no more of it')
    .option('--mute', 'hear nothing of it, whoever mentions you')
    .option('--no-mute', 'hear of it again')
    .option('--archive', 'put it away')
    .option('--restore', 'bring it back')

  add('do <key> <transition>', 'move an issue along its workflow', async ([key = '', name = ''], options) =>
    (await writing()).transition(key, name, options),
  ).option('--reason <text>', 'why')

  add('transitions <key>', 'what the issue’s workflow allows now', async ([key = ''], options) =>
    (await reading()).transitions(key, options),
  )

  add(
    'comment <key> [body]',
    'comment; the body may come from standard input',
    async ([key = '', body], options) => (await writing()).comment(key, body, options),
  )

  add('feed [key]', 'what happened, newest first', async ([key], options) =>
    (await reading()).feed(key, options),
  )
    .option('--actor <person>', 'what one person did')
    .option('--before <position>', 'goes on before that position')
    .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
}
