import { fieldNamed } from '../issue/fields/fields.ts'
import { type ChosenUnits, unitOf } from '../issue/fields/units.ts'
import { foldedName } from '../text/folded-name.ts'
import { done, type Result, refuse } from '../values/refusal.ts'
import type { EntityCommand } from './entity-commands.ts'
import type { EntityChange } from './entity-events.ts'
import { leastUsedColour } from './label-colours.ts'

export type LabelEntry = { readonly id: string; readonly name: string; readonly colour: string }
export type ProjectEntry = { readonly id: string; readonly name: string }
export type MemberEntry = {
  readonly id: string
  readonly name: string
  readonly handle: string
  readonly email: string | null
}

/** The workspace's people, labels and projects, small enough to be held whole. */
export type Entities = {
  readonly workspace: {
    readonly id: string
    readonly name: string
    readonly keyPrefix: string
    readonly units: ChosenUnits
  }
  readonly labels: ReadonlyMap<string, LabelEntry>
  readonly projects: ReadonlyMap<string, ProjectEntry>
  readonly members: ReadonlyMap<string, MemberEntry>
}

/** A handle made from a name: `Ada Lovelace` → `ada-lovelace`. Never empty. */
export function handleFrom(name: string): string {
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._/+]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
  return folded.slice(0, 100) || 'someone'
}

const same = (a: string, b: string): boolean => foldedName(a) === foldedName(b)

/** What a command about labels, projects, members or the workspace leads to. Pure. */
export function decideEntity(directory: Entities, command: EntityCommand): Result<readonly EntityChange[]> {
  const { labels, projects } = directory
  const taken = (among: typeof labels | typeof projects, id: string, name: string) =>
    [...among.values()].some((other) => other.id !== id && same(other.name, name))
  switch (command.type) {
    case 'create_label': {
      const known = labels.get(command.labelId)
      if (known && same(known.name, command.name)) return done([])
      if (known || taken(labels, command.labelId, command.name))
        return refuse('name_taken', `There is a label "${command.name}" already.`)
      return done([
        {
          type: 'label_created',
          data: {
            name: command.name,
            colour:
              command.colour ??
              leastUsedColour(
                command.name.toLowerCase(),
                [...labels.values()].map((label) => label.colour),
              ),
          },
        },
      ])
    }
    case 'rename_label': {
      const label = labels.get(command.labelId)
      if (!label) return refuse('unknown_label', 'That label does not exist in this workspace.')
      if (taken(labels, label.id, command.name))
        return refuse('name_taken', `There is a label "${command.name}" already.`)
      return done(
        label.name === command.name
          ? []
          : [{ type: 'label_renamed', data: { from: label.name, to: command.name } }],
      )
    }
    case 'recolour_label': {
      const label = labels.get(command.labelId)
      if (!label) return refuse('unknown_label', 'That label does not exist in this workspace.')
      return done(
        label.colour === command.colour
          ? []
          : [{ type: 'label_recoloured', data: { from: label.colour, to: command.colour } }],
      )
    }
    case 'create_project': {
      const known = projects.get(command.projectId)
      if (known && same(known.name, command.name)) return done([])
      if (known || taken(projects, command.projectId, command.name))
        return refuse('name_taken', `There is a project "${command.name}" already.`)
      return done([{ type: 'project_created', data: { name: command.name } }])
    }
    case 'rename_project': {
      const project = projects.get(command.projectId)
      if (!project) return refuse('unknown_project', 'That project does not exist in this workspace.')
      if (taken(projects, project.id, command.name))
        return refuse('name_taken', `There is a project "${command.name}" already.`)
      return done(
        project.name === command.name
          ? []
          : [{ type: 'project_renamed', data: { from: project.name, to: command.name } }],
      )
    }
    case 'add_member': {
      if (directory.members.has(command.memberId)) return done([])
      const handles = new Set([...directory.members.values()].map((member) => member.handle.toLowerCase()))
      if (command.handle && handles.has(command.handle.toLowerCase()))
        return refuse('name_taken', `The handle @${command.handle} is taken.`)
      return done([{ type: 'member_joined', data: joinedAs(command, handles) }])
    }
    case 'rename_member': {
      const member = directory.members.get(command.memberId)
      if (!member) return refuse('unknown_member', 'That person is not a member of this workspace.')
      return done(
        member.name === command.name
          ? []
          : [{ type: 'member_renamed', data: { from: member.name, to: command.name } }],
      )
    }
    case 'change_member_email': {
      const member = directory.members.get(command.memberId)
      if (!member) return refuse('unknown_member', 'That person is not a member of this workspace.')
      const { email: from } = member
      return done(
        from === command.email ? [] : [{ type: 'member_email_changed', data: { from, to: command.email } }],
      )
    }
    case 'choose_unit': {
      const { field: name, unit: to } = command
      const field = fieldNamed(name)
      const from = field && unitOf(field, directory.workspace.units)?.name
      if (from === undefined || from === to) return done([])
      return done([{ type: 'unit_changed', data: { field: name, from, to } }])
    }
    case 'rename_workspace': {
      const { name } = directory.workspace
      return done(
        name === command.name ? [] : [{ type: 'workspace_renamed', data: { from: name, to: command.name } }],
      )
    }
  }
}

/** The payload of a member's joining, with a handle that nobody has yet. @param handles those taken, lower case. */
export function joinedAs(
  member: {
    readonly name: string
    readonly handle?: string | undefined
    readonly email?: string | undefined
  },
  handles: ReadonlySet<string>,
): { name: string; handle: string; email?: string } {
  const wanted = member.handle ?? handleFrom(member.name)
  let free = wanted
  for (let n = 2; handles.has(free.toLowerCase()); n++) free = `${wanted}-${n}`
  return { name: member.name, handle: free, ...(member.email ? { email: member.email } : {}) }
}
