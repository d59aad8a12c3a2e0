import { type CommandGroup, commandAdder } from './add-command.ts'

const eventTyping = () => import('../commands/event-type-commands.ts')

/** `event-type …` and `record`: types of events of one's own, and what is recorded of them. */
export const eventTypeGroup: CommandGroup = (program) => {
  const typed = commandAdder(
    program.command('event-type').description('types of events of your own; see docs/event-types.md'),
  )
  typed('list', 'every type, and what it says', async (_, options) =>
    (await eventTyping()).printEventTypes(options),
  )
  typed('show <name>', 'one type, and what its data are', async ([name = ''], options) =>
    (await eventTyping()).showEventType(name, options),
  )
  typed('add <name>', 'register a type, named in the past tense: deal_won', async ([name = ''], options) =>
    (await eventTyping()).addEventType(name, options as never),
  )
    .requiredOption(
      '--schema <file>',
      'what its data are: JSON Schema, of which a part is taken; - is standard input',
    )
    .requiredOption('--sentence <text>', 'what one says: "won the deal {name}"')
  typed('extend <name>', 'let its data have more that may be left out', async ([name = ''], options) =>
    (await eventTyping()).extendEventType(name, options as never),
  ).requiredOption('--schema <file>', 'the whole schema with what is new in it; - is standard input')
  typed('retire <name>', 'record no more of it; what is there stays', async ([name = ''], options) =>
    (await eventTyping()).retireEventType(name, options),
  )
  commandAdder(program)(
    'record <key> <type>',
    'record an event of a type of your own on an issue',
    async ([key = '', type = ''], options) => (await eventTyping()).recordEvent(key, type, options),
  )
    .option('--data <json>', 'what it says, as its schema wants it; {} where absent; - is standard input')
    .option('--throttle <span>', 'not again within 90s, 5m, 2h … by you')
}
