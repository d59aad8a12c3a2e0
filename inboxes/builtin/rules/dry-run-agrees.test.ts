import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, expect, it } from 'vitest'
import { entityIdOf } from '#app/commands/entity-id.ts'
import { dryRun } from '#app/rules/rule-dry-run.ts'
import { rule as ruleSchema } from '#core/rules/rule.ts'
import { type LiveRules, liveRules } from './testing/live-rules.ts'

const triaged = entityIdOf('label', 'triaged')
const ruleId = uuidv7()
const open: LiveRules[] = []

function begin(options: { now?: () => number } = {}): LiveRules {
  const live = liveRules(options)
  open.push(live)
  live.wish({ type: 'create_label', labelId: triaged, name: 'triaged' })
  return live
}
afterEach(() => {
  for (const live of open.splice(0)) live.close()
})

type Change = Record<string, unknown>
const onComment = { kind: 'event', types: ['commented'] }
function addRule(live: LiveRules, change: Change, id = ruleId): void {
  const rule = {
    name: 'Triage',
    when: onComment,
    query: '',
    then: [{ type: 'label', labelId: triaged }],
    ...change,
  }
  live.wish({ type: 'add_rule', ruleId: id, rule })
}

const aRule = fc.record({
  types: fc.subarray(
    ['created', 'commented', 'title_changed', 'due_date_changed', 'labeled', 'priority_changed'],
    { minLength: 1 },
  ),
  query: fc.constantFrom(
    '',
    'is:open',
    '-label:triaged',
    'label:triaged',
    'priority:<high',
    'comments:>1',
    'word',
    '-assignee:none',
  ),
  then: fc.array(
    fc.constantFrom<Change>(
      { type: 'label', labelId: triaged },
      { type: 'unlabel', labelId: triaged },
      { type: 'comment', body: 'A word on {{issue.key}}' },
      { type: 'priority', priority: 'high' },
      { type: 'priority', priority: 'low' },
      { type: 'transition', transition: 'start' },
      { type: 'notify', to: 'subscribers', text: 'Look' },
    ),
    { minLength: 1, maxLength: 4 },
  ),
})
const someCommandInputs = fc.array(
  fc.record({ kind: fc.constantFrom('create', 'comment', 'title', 'due'), n: fc.nat(9) }),
  { minLength: 1, maxLength: 12 },
)

it('a dry run over a history says what the rule does where it is there', async () => {
  await fc.assert(
    fc.asyncProperty(aRule, someCommandInputs, async ({ types: of, query, then }, wishes) => {
      const live = begin()
      const plain = begin()
      const change = { when: { kind: 'event', types: of }, query, then }
      const rule = ruleSchema.parse({ name: 'Triage', ...change })
      addRule(live, change)
      const real: [string, number, boolean][] = []
      const ids: [string, string][] = []
      for (const { kind, n } of wishes) {
        const title = `Issue ${ids.length}`
        if (kind === 'create' || ids.length === 0)
          ids.push([live.wish({ type: 'create', title }), plain.wish({ type: 'create', title })])
        else {
          const wish: Record<string, Change> = {
            comment: { type: 'comment', body: n % 2 ? 'A word' : 'Well' },
            title: { type: 'change_title', title: `Title ${n}` },
            due: { type: 'change_due_date', dueDate: `2030-01-1${n}` },
          }
          const at = n % ids.length
          for (const [index, each] of [live, plain].entries())
            each.wish({ ...wish[kind], issueId: ids[at]?.[index] })
        }
        for (const { issueId, commands, outcome } of await live.run()) {
          const at = String(ids.findIndex(([id]) => id === issueId))
          if (commands.length > 0 || outcome.kind === 'give_up')
            real.push([at, commands.length, outcome.kind === 'give_up'])
        }
      }
      const tried = await dryRun(plain.workspace, rule, undefined, Date.now())
      if (!tried.ok) throw new Error(tried.error.message)
      const dry = tried.value.lines.map((line): [string, number, boolean] => [
        String(ids.findIndex(([, id]) => id === line.issue.id)),
        line.does.length,
        line.stopped !== null,
      ])
      // A dry run goes issue by issue, the other by time.
      const byIssue = (a: [string, number, boolean], b: [string, number, boolean]) =>
        Number(a[0]) - Number(b[0])
      expect(dry.toSorted(byIssue)).toEqual(real.toSorted(byIssue))
      expect(tried.value.issues).toBe(new Set(real.filter(([, count]) => count > 0).map(([at]) => at)).size)
      expect(
        plain.workspace.log
          .readAll(0 as never, 500)
          .filter((event) => event.metadata.triggeredBy === 'automation'),
      ).toEqual([])
      for (const each of open.splice(0)) each.close()
    }),
    { numRuns: 20 },
  )
})
