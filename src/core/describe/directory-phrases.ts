import type { EntityChange } from '../entities/entity-events.ts'
import type { PropertyChange } from '../entities/kinds/entities.ts'
import type { RegistrationChange } from '../event-types/registration-events.ts'
import type { RuleChange } from '../rules/rule-events.ts'
import type { TimesCorrected } from '../time/time-events.ts'
import { changePart, name, renamed, text, value } from './parts.ts'
import type { Phrases, Tail } from './phrase.ts'
import { spanText } from './span-text.ts'

type RuleText = Extract<RuleChange, { type: 'rule_changed' }>['data']['to']

/** What of a rule was changed, in its own words; `undefined` where only its name was. */
function ruleDifference(from: RuleText, to: RuleText): Tail | undefined {
  const parts = [
    JSON.stringify(from.when) === JSON.stringify(to.when) ? '' : 'when it is looked at',
    from.query === to.query ? '' : `for which issues: ${to.query || 'any'}`,
    JSON.stringify(from.then) === JSON.stringify(to.then) ? '' : 'what it does',
  ].filter(Boolean)
  return parts.length > 0 ? { kind: 'detail', text: `Changed ${parts.join('; ')}` } : undefined
}

function correctionWords({ fromSeq, toSeq, byMillis }: TimesCorrected['data']): string {
  const count = toSeq - fromSeq + 1
  return `put the time of ${count} event${count === 1 ? '' : 's'} ${spanText(Math.abs(byMillis))} ${byMillis < 0 ? 'back' : 'forward'}`
}

/** Says what happened to the workspace itself, its people, labels, projects and rules. */
export const directoryPhrases: Phrases<
  Exclude<EntityChange, PropertyChange> | RuleChange | RegistrationChange
> = {
  event_type_registered: ({ name: called, sentence }) => ({
    parts: [text('registered the event type'), name(called)],
    tail: { kind: 'detail', text: sentence },
  }),
  event_type_extended: ({ name: called, properties }) => ({
    parts: [text('extended the event type'), name(called)],
    tail: { kind: 'detail', text: Object.keys(properties).join(', ') },
  }),
  event_type_retired: ({ name: called }) => ({ parts: [text('retired the event type'), name(called)] }),
  unit_changed: ({ field, from, to }) => ({
    parts: [text(`changed what each ${field} is counted in`), changePart(value(from), value(to))],
  }),
  workflow_changed: () => ({ parts: [text('changed the workflow')] }),
  owners_noted: ({ owners }) => ({
    parts: [text('noted who the owners of the workspace are')],
    tail: { kind: 'detail', text: owners.length === 1 ? 'one person' : `${owners.length} people` },
  }),
  times_corrected: (data) => ({ parts: [text(correctionWords(data))] }),
  rule_added: ({ rule }) => ({ parts: [text('added the rule'), name(rule.name)] }),
  rule_changed: ({ from, to }) => ({
    parts:
      from.name === to.name
        ? [text('changed the rule'), name(to.name)]
        : [text('renamed the rule'), renamed(name(from.name), name(to.name))],
    tail: ruleDifference(from, to),
  }),
  rule_enabled: ({ name: called }) => ({ parts: [text('turned on the rule'), name(called)] }),
  rule_disabled: ({ name: called }) => ({ parts: [text('turned off the rule'), name(called)] }),
  rule_removed: ({ name: called }) => ({ parts: [text('removed the rule'), name(called)] }),
  rule_hold_answered: ({ name: called, acts, issues }) => ({
    parts: [
      text('had the rule'),
      name(called),
      text(`${acts ? 'act on' : 'leave alone'} ${issues.toLocaleString('en')} issues that it waited with`),
    ],
  }),
}
