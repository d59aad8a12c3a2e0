import { v7 as uuidv7 } from 'uuid'
import type { Executed } from '#app/commands/command-service.ts'
import { entityIdOf } from '#app/commands/entity-id.ts'
import type { Workspace } from '#app/workspace/workspace.ts'
import { command as commandSchema } from '#core/commands.ts'
import { type ListedType, listedEntity } from '#core/entities/kinds/entities.ts'
import type { Field, FieldKind } from '#core/issue/fields/field.ts'
import { fields, fieldsOf, type IssueField } from '#core/issue/fields/fields.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { didYouMean, nearNames } from '#core/text/near-names.ts'
import { maxBodyBytes } from '#core/text/text.ts'
import { accepted, quoted, RefusedError } from '../output/output.ts'
import { issueIdOf } from './open-here.ts'

export type CommandInput = Readonly<Record<string, unknown>>

/** Parses and executes. @throws RefusedError, also for a wish of the wrong shape. */
export function execute(workspace: Workspace, wish: CommandInput): Executed {
  const parsed = commandSchema.safeParse(wish)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const tooLarge = issue?.message.includes('larger than 1 MiB')
    throw new RefusedError({
      code: tooLarge ? 'body_too_large' : 'invalid_command',
      message: `The ${issue?.path.join('.') || 'command'} ${issue?.message ?? 'is not valid'}. Nothing was changed.`,
    })
  }
  return accepted(workspace.commands.execute(parsed.data))
}

/** Executes several wishes as one: all of them, or none. */
export function executeAll(workspace: Workspace, wishes: readonly CommandInput[]): Executed[] {
  return workspace.log.transact(() => wishes.map((wish) => execute(workspace, wish)))
}

/** A member by handle, name or `@me`. */
export function memberIdOf(workspace: Workspace, typed: string): string {
  const wanted = foldedName(typed.replace(/^@/, ''))
  if (wanted === 'me') return workspace.me.memberId
  const members = workspace.entities.rows('member')
  const found = members.filter((member) =>
    [member.handle, member.name].some((name) => foldedName(name) === wanted),
  )
  const [first] = found
  if (first && found.length === 1) return first.id
  const near = nearNames(wanted, members, ({ handle, name }) => [handle, name, ...name.split(/\s+/)])
  const hint = didYouMean(near.map((member) => `@${member.handle}`))
  throw new RefusedError({
    code: 'unknown_member',
    message:
      found.length > 1
        ? `${found.length} people are called ${quoted(typed)}; use a handle: ${found.map((member) => `@${member.handle}`).join(', ')}.`
        : `Nobody here is called ${quoted(typed)}.${hint}`,
  })
}

const isCalled = (name: string) => (row: { readonly name: string }) =>
  foldedName(row.name) === foldedName(name)

/** A label's or project's id by name; the second part makes it where there is none yet. */
export function entityCommandFor(
  workspace: Workspace,
  type: Exclude<ListedType, 'member'>,
  name: string,
): { readonly id: string; readonly make: readonly CommandInput[] } {
  const known = workspace.entities.rows(type).find(isCalled(name))
  if (known) return { id: known.id, make: [] }
  const { creation, idProperty } = listedEntity(type)
  const id = entityIdOf(type, name)
  return { id, make: [{ type: creation.command, [idProperty]: id, name }] }
}

/** A label that must be there. */
export function knownLabelId(workspace: Workspace, name: string): string {
  const { id, make } = entityCommandFor(workspace, 'label', name)
  if (make.length === 0) return id
  const labels = workspace.entities.rows('label')
  const near = nearNames(name, labels, (label) => [label.name]).map((label) => quoted(label.name))
  throw new RefusedError({
    code: 'unknown_label',
    message: `There is no label ${quoted(name)}.${didYouMean(near)}`,
  })
}

/**
 * Text given as it is, or `-` for standard input, of which no more is read than can be refused as too large.
 * @throws RefusedError where the input is no text in UTF-8.
 */
export async function textOrInput(text: string): Promise<string> {
  if (text !== '-') return text
  if (process.stdin.isTTY && process.stderr.isTTY) process.stderr.write('Write, and end with Ctrl-D:\n')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBodyBytes) break
  }
  const bytes = Buffer.concat(chunks)
  // Cut anywhere, it may end in half a character; it is refused as too large in any case.
  if (size > maxBodyBytes) return bytes.toString('utf8')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RefusedError({
      code: 'invalid_command',
      message: 'Standard input is no text in UTF-8. Nothing was changed.',
    })
  }
}

/** What was typed of fields: text, or `false` to take the value away. */
type FieldOptions = { readonly [F in IssueField as F['option']['flag']]?: string | false }

/** The value that was typed of a field, and the wishes that make what it names; `undefined` where nothing was. */
function fieldOption(
  workspace: Workspace,
  { kind, option }: Field,
  options: Readonly<Record<string, unknown>>,
): { readonly value: unknown; readonly make: readonly CommandInput[] } | undefined {
  const typed = options[option.flag]
  if (typeof typed !== 'string' && typed !== false) return undefined
  const said = (value: unknown) => ({ value, make: [] })
  if (typed === false) return said(null)
  switch (kind.operand) {
    case 'reference': {
      if (kind.to === 'member') return said(memberIdOf(workspace, typed))
      if (foldedName(typed) === 'none' && !workspace.entities.rows(kind.to).some(isCalled('none')))
        return said(null)
      const { id, make } = entityCommandFor(workspace, kind.to, typed)
      return { value: id, make }
    }
    case 'number':
      if (typed === 'none') return said(null)
      // What is no number is refused with what one may be.
      return said(/^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed)
    default:
      return said(typed)
  }
}

export type NewOptions = FieldOptions & {
  readonly description?: string
  readonly label?: readonly string[]
  readonly assign?: readonly string[]
}

/** The wishes that make a new issue, and its id. */
export async function newIssueCommands(
  workspace: Workspace,
  title: string,
  options: NewOptions,
): Promise<{ readonly issueId: string; readonly wishes: readonly CommandInput[] }> {
  const issueId = uuidv7()
  const labels = (options.label ?? []).map((name) => entityCommandFor(workspace, 'label', name))
  const set = fields.flatMap((field: Field) => {
    const said = field.option.editOnly ? undefined : fieldOption(workspace, field, options)
    return said ? [{ ...said, property: field.command.property }] : []
  })
  return {
    issueId,
    wishes: [
      ...labels.flatMap((label) => label.make),
      ...set.flatMap(({ make }) => make),
      {
        type: 'create',
        issueId,
        title,
        ...(options.description === undefined ? {} : { description: await textOrInput(options.description) }),
        ...(labels.length > 0 ? { labels: labels.map((label) => label.id) } : {}),
        ...Object.fromEntries(
          set.flatMap(({ property, value }) => (value === null ? [] : [[property, value]])),
        ),
        ...(options.assign ? { assignees: options.assign.map((typed) => memberIdOf(workspace, typed)) } : {}),
      },
    ],
  }
}

export type EditOptions = FieldOptions & {
  readonly description?: string
  readonly label?: readonly string[]
  readonly unlabel?: readonly string[]
  readonly assign?: readonly string[]
  readonly unassign?: readonly string[]
  readonly parent?: readonly string[]
  readonly blocks?: readonly string[]
  readonly relates?: readonly string[]
  readonly duplicates?: readonly string[]
  readonly unlink?: readonly string[]
  readonly archive?: boolean
  readonly restore?: boolean
  readonly subscribe?: boolean
  readonly mute?: boolean
}

/** The wishes behind the options of `edit`, in an order that works: restore first, archive last. */
export async function editCommands(
  workspace: Workspace,
  issueId: string,
  options: EditOptions,
): Promise<CommandInput[]> {
  const wishes: CommandInput[] = []
  const add = (type: string, more: CommandInput = {}): void => {
    wishes.push({ type, issueId, ...more })
  }
  const addFields = (...operands: readonly FieldKind['operand'][]): void => {
    for (const field of fieldsOf(...operands)) {
      const said = fieldOption(workspace, field, options)
      if (!said) continue
      wishes.push(...said.make)
      add(field.command.name, { [field.command.property]: said.value })
    }
  }
  if (options.restore) add('restore')
  addFields('text')
  if (options.description !== undefined)
    add('change_description', { description: await textOrInput(options.description) })
  addFields('rank', 'day', 'number')
  for (const name of options.label ?? []) {
    const { id: labelId, make } = entityCommandFor(workspace, 'label', name)
    wishes.push(...make)
    add('label', { labelId })
  }
  for (const name of options.unlabel ?? []) add('unlabel', { labelId: knownLabelId(workspace, name) })
  addFields('reference')
  for (const typed of options.assign ?? []) add('assign', { memberId: memberIdOf(workspace, typed) })
  for (const typed of options.unassign ?? []) add('unassign', { memberId: memberIdOf(workspace, typed) })
  const links = {
    parent: options.parent,
    blocks: options.blocks,
    relates_to: options.relates,
    duplicates: options.duplicates,
  }
  for (const [kind, keys] of Object.entries(links))
    for (const key of keys ?? []) add('link', { kind, target: issueIdOf(workspace, key) })
  for (const key of options.unlink ?? []) {
    const target = issueIdOf(workspace, key)
    for (const link of workspace.log.issue(issueId).links)
      if (link.target === target) add('unlink', { ...link })
    // Links from the other issue to this one are events of the other.
    for (const link of workspace.log.issue(target).links)
      if (link.target === issueId) wishes.push({ type: 'unlink', issueId: target, ...link })
  }
  if (options.subscribe !== undefined) add(options.subscribe ? 'subscribe' : 'unsubscribe')
  if (options.mute !== undefined) add(options.mute ? 'mute' : 'unmute')
  if (options.archive) add('archive')
  return wishes
}
