import { correctionWords } from '#contract/clock-words.ts'
import type { FeedItem } from '#contract/views.ts'
import type { DirectoryChange } from '#core/directory-events.ts'
import type { RuleChange } from '#core/rules/rule-events.ts'
import { arrow, type Phrase, text, value } from './sentence-parts.ts'

type Change = DirectoryChange | RuleChange
type Phrases = {
  readonly [Name in Change['type']]: (
    data: Extract<Change, { type: Name }>['data'],
    item: FeedItem,
    actorName: string,
  ) => Phrase
}

type RuleText = Extract<RuleChange, { type: 'rule_changed' }>['data']['to']

/** What of a rule was changed, in its own words; `undefined` where only its name was. */
function ruleDifference(from: RuleText, to: RuleText): string | undefined {
  const parts = [
    JSON.stringify(from.when) === JSON.stringify(to.when) ? '' : 'when it is looked at',
    from.query === to.query ? '' : `for which issues: ${to.query || 'any'}`,
    JSON.stringify(from.then) === JSON.stringify(to.then) ? '' : 'what it does',
  ].filter(Boolean)
  return parts.length > 0 ? `Changed ${parts.join('; ')}` : undefined
}

/** What is said of the workspace itself, its people, labels, projects and rules. */
export const directoryPhrases: Phrases = {
  workspace_created: ({ name }) => ({
    icon: 'workspace',
    parts: [text('created the workspace'), value(name)],
  }),
  workspace_renamed: ({ from, to }) => ({
    icon: 'workspace',
    parts: [text('renamed the workspace'), value(from), arrow, value(to)],
  }),
  workflow_changed: () => ({ icon: 'workflow', parts: [text('changed the workflow')] }),
  owners_noted: ({ owners }) => ({
    icon: 'member',
    parts: [
      text(`noted who the owners are: ${owners.length === 1 ? 'one person' : `${owners.length} people`}`),
    ],
  }),
  times_corrected: (data) => ({ icon: 'workspace', parts: [text(correctionWords(data))] }),
  member_joined: ({ name, handle }, _item, actorName) =>
    name === actorName
      ? { icon: 'member', parts: [text('joined the workspace as'), value(`@${handle}`)] }
      : {
          icon: 'member',
          parts: [text('added'), value(name), text('to the workspace as'), value(`@${handle}`)],
        },
  member_email_changed: ({ to }) => ({
    icon: 'member',
    parts: to === null ? [text('took the e-mail address away')] : [text('set the e-mail address'), value(to)],
  }),
  member_renamed: ({ from, to }) => ({
    icon: 'member',
    parts: [text('renamed a member'), value(from), arrow, value(to)],
  }),
  rule_added: ({ rule }) => ({ icon: 'rule', parts: [text('added the rule'), value(rule.name)] }),
  rule_changed: ({ from, to }) => ({
    icon: 'rule',
    parts:
      from.name === to.name
        ? [text('changed the rule'), value(to.name)]
        : [text('renamed the rule'), value(from.name), arrow, value(to.name)],
    reason: ruleDifference(from, to),
  }),
  rule_enabled: ({ name }) => ({ icon: 'rule', parts: [text('turned on the rule'), value(name)] }),
  rule_disabled: ({ name }) => ({ icon: 'rule', parts: [text('turned off the rule'), value(name)] }),
  rule_hold_answered: ({ name, acts, issues }) => ({
    icon: 'rule',
    parts: [
      text('had the rule'),
      value(name),
      text(`${acts ? 'act on' : 'leave alone'} ${issues.toLocaleString()} issues that it waited with`),
    ],
  }),
  rule_removed: ({ name }) => ({ icon: 'rule', parts: [text('removed the rule'), value(name)] }),
  label_created: ({ name, colour }) => ({
    icon: 'label',
    parts: [text('created the label'), { kind: 'colour', colour }, value(name)],
  }),
  label_renamed: ({ from, to }) => ({
    icon: 'label',
    parts: [text('renamed the label'), value(from), arrow, value(to)],
  }),
  project_created: ({ name }) => ({ icon: 'project', parts: [text('created the project'), value(name)] }),
  project_renamed: ({ from, to }) => ({
    icon: 'project',
    parts: [text('renamed the project'), value(from), arrow, value(to)],
  }),
  label_recoloured: ({ from, to }) => ({
    icon: 'label',
    parts: [
      text('gave a label another colour'),
      { kind: 'colour', colour: from },
      arrow,
      { kind: 'colour', colour: to },
    ],
  }),
}
