import { Option } from 'commander'
import { type CommandGroup, commandAdder, count } from './add-command.ts'

const teaming = () => import('../commands/team-commands.ts')

/** `team …`: who shares the workspace. */
export const teamGroup: CommandGroup = (program) => {
  const team = program.command('team').description('who shares the workspace')
  const teamCommand = commandAdder(team)
  teamCommand('members', 'members, their devices and open invites', async (_, options) =>
    (await teaming()).listMembers(options),
  )
  teamCommand('invite', 'make an invite, to be taken once', async (_, options) =>
    (await teaming()).invite(options),
  )
    .addOption(new Option('--role <role>', 'what they may do').choices(['owner', 'member', 'reader']))
    .option('--member <member>', 'a further device of somebody who is a member: name or id')
    .option('--hours <count>', 'how long it is good for, 1 to 720', count)
  teamCommand(
    'role <member> <role>',
    'let a member do more or less',
    async ([who = '', role = ''], options) => {
      const { giveRole, roleNamed } = await teaming()
      await giveRole(who, roleNamed(role), options)
    },
  )
  teamCommand('revoke <id>', 'revoke a device, or take an invite back', async ([id = ''], options) =>
    (await teaming()).revoke(id, options),
  )
  teamCommand(
    'remove <member>',
    'take a member out, with all of their devices',
    async ([who = ''], options) => (await teaming()).remove(who, options),
  )
}
