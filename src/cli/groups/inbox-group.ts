import { Option } from 'commander'
import { deliveryStates } from '#contract/answers/inbox-answers.ts'
import { type CommandGroup, commandAdder, count, type ParsedOptions } from './add-command.ts'

const inboxing = () => import('../commands/inbox-commands.ts')
const delivering = () => import('../commands/delivery-commands.ts')

/** `inbox …`: inboxes are set, tried out and looked after. */
export const inboxGroup: CommandGroup = (program) => {
  const inbox = program.command('inbox').description('what the inboxes did, and what they could not do')
  const inboxCommand = commandAdder(inbox)
  inboxCommand('list', 'each inbox and how it fares', async (_, options) =>
    (await inboxing()).listInboxes(options),
  )
  inboxCommand('deliveries', 'what was delivered, newest first', async (_, options) =>
    (await delivering()).listDeliveries(options),
  )
    .option('--inbox <name>', 'of one inbox')
    .addOption(new Option('--state <state>', 'in one state').choices([...deliveryStates, 'retrying']))
    .option('--before <id>', 'goes on before that delivery')
    .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
  inboxCommand('dead', 'dead letters with every attempt', async (_, options: ParsedOptions) =>
    (await delivering()).listDeliveries({ ...options, state: 'dead' } as never),
  )
    .option('--inbox <name>', 'of one inbox')
    .option('--before <id>', 'goes on before that delivery')
    .option('-n, --limit <count>', 'how many at most, 1 to 500', count, 50)
  inboxCommand(
    'replay [which...]',
    'try dead letters again, by id or of an inbox',
    async ([which], options) => (await delivering()).settleDead('replay', [which ?? []].flat(), options),
  ).option('--all', 'all there are')
  inboxCommand('discard [which...]', 'give dead letters up, by id or of an inbox', async ([which], options) =>
    (await delivering()).settleDead('discard', [which ?? []].flat(), options),
  ).option('--all', 'all there are')
  inboxCommand('pause <name>', 'hold an inbox; what comes waits', async ([name = ''], options) =>
    (await inboxing()).pauseOrResume('pause', name, options),
  )
  inboxCommand('resume <name>', 'let it go on', async ([name = ''], options) =>
    (await inboxing()).pauseOrResume('resume', name, options),
  )
  inboxCommand('backfill <name>', 'have it look again at what was recorded', async ([name = ''], options) =>
    (await inboxing()).backfillInbox(name, options as never),
  ).requiredOption('--from <when>', 'since a day, an instant, or 3d ago')
  inboxCommand('test <name>', 'send something harmless', async ([name = ''], options) =>
    (await inboxing()).testInbox(name, options),
  ).option('--target <target>', 'to one of several: an endpoint’s or route’s id')
  inboxCommand(
    'trust <name>',
    'let an inbox of your own run, as its file is now',
    async ([name = ''], options) =>
      (await import('../commands/own-inbox-commands.ts')).trustInbox(true, name, options),
  )
    .option('--hash <sha256>', 'only if the file has this hash')
    .option('--unconfined', 'also where Docket can not confine it, with all of your rights')
  inboxCommand('distrust <name>', 'let it run no more', async ([name = ''], options) =>
    (await import('../commands/own-inbox-commands.ts')).trustInbox(false, name, options),
  )
  inboxCommand(
    'set <name> [settings]',
    'change its settings: a JSON file, or -',
    async ([name = '', file], options) => (await inboxing()).setInbox(name, file, options),
  )
    .option('--on', 'switch it on')
    .option('--off', 'switch it off')
    .option('--secret <field>', 'set a secret, read from standard input')
    .option('--remove-secret <field>', 'take a secret away')
}
