import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { entityIdOf } from '../commands/entity-id.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** Something that a person may want, and a number that decides of what. */
export const anyCommandInput = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create'), n: fc.nat(20) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'title',
        'description',
        'priority',
        'assign',
        'unassign',
        'label',
        'unlabel',
        'project',
        'no_project',
        'comment',
        'edit',
        'delete',
        'start',
        'resolve',
        'close',
        'reopen',
        'archive',
        'restore',
        'link',
        'unlink',
        'view',
        'subscribe',
        'unsubscribe',
        'mute',
        'unmute',
        'notify',
        'add_rule',
        'change_rule',
        'disable_rule',
        'enable_rule',
        'remove_rule',
        'rename_label',
        'recolour_label',
        'rename_project',
        'rename_member',
        'rename_workspace',
      ),
      n: fc.nat(20),
    }),
  },
)

/** Wishes of what is no issue, which name it themselves. */
const ofNoIssue = /^(rename|recolour)_/

const aRule = (name: string, days: number) => ({
  name,
  when: { kind: 'idle', days },
  query: 'is:open',
  then: [{ type: 'comment', body: 'Still wanted?' }],
})

/** What two copies may change apart. */
export const clashes = [
  'title',
  'name',
  'colour',
  'project',
  'workspace',
  'rule',
  'removed',
  'disabled',
] as const

/**
 * The commands of one of two who change the same, each to a value of their own; the second is the one that does not remove. What they change is made
 * first: labels, projects and rules are the same wherever they are made.
 */
export function clashingCommands(
  what: (typeof clashes)[number],
  { n, side, value }: { readonly n: number; readonly side: 'first' | 'second'; readonly value: number },
  { issues }: Pick<Wished, 'issues'>,
): readonly Record<string, unknown>[] {
  const labelId = entityIdOf('label', `clash ${n}`)
  const projectId = entityIdOf('project', `clash ${n}`)
  const ruleId = entityIdOf('label', `clashing rule ${n}`)
  const label = { type: 'create_label', labelId, name: `clash ${n}` }
  const rule = { type: 'add_rule', ruleId, rule: aRule(`Clash ${n}`, 1) }
  const remove = { type: 'remove_rule', ruleId }
  const issueId = issues[n % issues.length]
  switch (what) {
    case 'title':
      return issueId === undefined ? [] : [{ type: 'change_title', issueId, title: `Clash ${value}` }]
    case 'name':
      return [label, { type: 'rename_label', labelId, name: `Label ${n} ${value}` }]
    case 'colour':
      return [label, { type: 'recolour_label', labelId, colour: `#11111${value}` }]
    case 'project':
      return [
        { type: 'create_project', projectId, name: `clash ${n}` },
        { type: 'rename_project', projectId, name: `Project ${n} ${value}` },
      ]
    case 'workspace':
      return [{ type: 'rename_workspace', name: `Clash ${value}` }]
    case 'rule':
      return [rule, { type: 'change_rule', ruleId, rule: aRule(`Clash ${n}`, 2 + value) }]
    case 'removed':
      return side === 'first'
        ? [rule, remove]
        : [rule, { type: 'change_rule', ruleId, rule: aRule(`Clash ${n}`, 2 + value) }]
    case 'disabled':
      return side === 'first' ? [rule, remove] : [rule, { type: 'disable_rule', ruleId }]
  }
}

export type Wish = { readonly kind: string; readonly n: number }

/** The issues and comments that wishes speak of; grows as they are made. */
export type Wished = { readonly issues: string[]; readonly comments: string[] }

/** The commands of a wish, in order; those that can't be are refused. */
export function commandsOf(
  { kind, n }: Wish,
  { issues, comments }: Wished,
  { me, entities }: Pick<Workspace, 'me'> & Partial<Pick<Workspace, 'entities'>>,
): readonly Record<string, unknown>[] {
  const list: Record<string, unknown>[] = []
  if (kind === 'create' || issues.length === 0) {
    const issueId = uuidv7()
    issues.push(issueId)
    list.push({
      type: 'create',
      issueId,
      title: `Issue ${n}`,
      ...(n % 2 ? { description: `About ${n}` } : {}),
    })
  }
  const issueId = issues[n % issues.length] as string
  const commentId = comments[n % Math.max(1, comments.length)] ?? uuidv7()
  const labelId = entityIdOf('label', `label ${n % 3}`)
  if (kind === 'label') list.push({ type: 'create_label', labelId, name: `label ${n % 3}` })
  const members = [me.memberId, ...(entities?.rows('member') ?? []).map(({ id }) => id)]
  const projectId = entityIdOf('project', `project ${n % 3}`)
  if (kind === 'project') list.push({ type: 'create_project', projectId, name: `project ${n % 3}` })
  const wish: Record<string, Record<string, unknown>> = {
    title: { type: 'change_title', title: `Title ${n}` },
    description: { type: 'change_description', description: `Text ${n}` },
    priority: { type: 'change_priority', priority: n % 2 ? 'high' : 'none' },
    assign: { type: 'assign', memberId: me.memberId },
    unassign: { type: 'unassign', memberId: me.memberId },
    label: { type: 'label', labelId },
    unlabel: { type: 'unlabel', labelId },
    project: { type: 'change_project', projectId },
    no_project: { type: 'change_project', projectId: null },
    comment: { type: 'comment', commentId: uuidv7(), body: n % 4 ? `Word ${n}` : 'For @ada-lovelace' },
    edit: { type: 'edit_comment', commentId, body: n % 4 ? `Other ${n}` : '@ada-lovelace' },
    delete: { type: 'delete_comment', commentId },
    archive: { type: 'archive' },
    restore: { type: 'restore' },
    link: { type: 'link', kind: 'blocks', target: issues[(n + 1) % issues.length] },
    unlink: { type: 'unlink', kind: 'blocks', target: issues[(n + 1) % issues.length] },
    view: { type: 'mark_viewed' },
    subscribe: { type: 'subscribe' },
    unsubscribe: { type: 'unsubscribe' },
    mute: { type: 'mute' },
    notify: { type: 'notify', memberIds: [me.memberId], text: `Look ${n}` },
    add_rule: { type: 'add_rule', rule: aRule(`Rule ${n % 3}`, 1) },
    change_rule: { type: 'change_rule', rule: aRule(`Rule ${n % 3}`, 1 + n) },
    disable_rule: { type: 'disable_rule' },
    enable_rule: { type: 'enable_rule' },
    remove_rule: { type: 'remove_rule' },
    unmute: { type: 'unmute' },
    rename_label: { type: 'rename_label', labelId, name: `Label ${n}` },
    recolour_label: { type: 'recolour_label', labelId, colour: `#00000${n % 10}` },
    rename_project: { type: 'rename_project', projectId, name: `Project ${n}` },
    rename_member: { type: 'rename_member', memberId: members[n % members.length], name: `Member ${n}` },
    rename_workspace: { type: 'rename_workspace', name: `Workspace ${n}` },
  }
  if (kind === 'create') return list
  const body = wish[kind] ?? { type: 'transition', transition: kind }
  if (kind === 'comment') comments.push(String(body.commentId))
  const ruleId = entityIdOf('label', `rule ${n % 3}`)
  const of = kind.endsWith('_rule') ? { ruleId } : ofNoIssue.test(kind) ? {} : { issueId }
  list.push({ ...of, ...body })
  return list
}
