import { FlaskConical } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { v7 as newId } from 'uuid'
import type { DryRunView, RuleView } from '#contract/answers/rule-answers.ts'
import { placeholders } from '#core/rules/template.ts'
import { navigate } from '../../lib/hash-location.ts'
import { rulesPath } from '../../lib/paths.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useUnsaved } from '../../lib/queries/unsaved.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Labelled, Select } from '../../ui/controls/labelled.tsx'
import { TextsField } from '../../ui/controls/texts-field.tsx'
import { useFocusOnMistake } from '../../ui/controls/use-focus-on-mistake.ts'
import { QueryField } from '../../ui/filter/query-field.tsx'
import { ActionList } from './action-list.tsx'
import { DryRunResult, DryRunSpan, sinceOf } from './dry-run.tsx'
import { HeldRuleQuestion } from './held-rule.tsx'
import { MissingLabel } from './missing-label.tsx'
import { occasionName, offeredOccasions } from './occasion-names.ts'
import {
  draftKey,
  draftOf,
  emptyRule,
  newWhen,
  type RuleDraft,
  type WhenDraft,
  whenKinds,
} from './rule-draft.ts'
import styles from './rule-form.module.css'
import { useRuleCommands } from './use-rule-commands.ts'
import { missingIn, mistakeInRule, type RuleMistake } from './what-is-wrong-with-rule.ts'

/** A rule as a form. @param view the rule that is there; `undefined` for a new one */
export function RuleForm({ view }: { readonly view: RuleView | undefined }) {
  const [entered, setEntered] = useUnsaved<RuleDraft>(draftKey(view?.id ?? 'new'))
  const saved = view ? draftOf(view) : emptyRule
  const rule = entered ?? saved
  const commands = useRuleCommands()
  const form = useRef<HTMLFormElement>(null)
  const [mistake, setMistake] = useState<RuleMistake | null>(null)
  const [span, setSpan] = useState('all')
  const [tried, setTried] = useState<DryRunView | null>(null)
  const [trying, setTrying] = useState(false)
  const dirty = entered !== null

  const change = (part: Partial<RuleDraft>) => {
    const next = { ...rule, ...part }
    setTried(null)
    setEntered(JSON.stringify(next) === JSON.stringify(saved) ? null : next)
  }
  useFocusOnMistake(form, mistake)
  const save = async (event?: FormEvent) => {
    event?.preventDefault()
    const missing = missingIn(rule)
    if (missing) return setMistake(missing)
    const outcome = view ? await commands.change(view, rule) : await commands.add(newId(), rule)
    if (!outcome.ok) return setMistake(mistakeInRule(rule, outcome.error))
    setEntered(null)
    navigate(rulesPath)
  }
  const tryOut = async () => {
    // A name is for those who read it later; trying needs none.
    const named = rule.name.trim() === '' ? { ...rule, name: 'New rule' } : rule
    const missing = missingIn(named)
    if (missing) return setMistake(missing)
    setTrying(true)
    setMistake(null)
    const since = sinceOf(span)
    try {
      setTried(await callHost('rules.dryRun', { rule: named, ...(since === undefined ? {} : { since }) }))
    } catch (error) {
      setMistake(mistakeInRule(named, error))
    } finally {
      setTrying(false)
    }
  }
  // Going back loses nothing: what was entered waits here.
  useViewActions('rule', { save: () => void save(), 'list.back': () => navigate(rulesPath) })
  const errorAt = (at: string) => (mistake?.at === at ? mistake.message : null)
  return (
    <form ref={form} className={styles.form} noValidate onSubmit={(event) => void save(event)}>
      {view && <HeldRuleQuestion view={view} onPage />}
      <Labelled label="Name" error={errorAt('name')}>
        {(named) => (
          <input
            {...named}
            type="text"
            autoComplete="off"
            maxLength={500}
            placeholder="Triage new bugs"
            value={rule.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Labelled>
      <Part title="When">
        <When when={rule.when} error={errorAt('when')} onChange={(when) => change({ when })} />
      </Part>
      <Part title="If">
        <QueryField
          label="The issue matches"
          optional
          hint="Empty for any issue that is not archived. A rule runs for everybody: name people instead of @me."
          placeholder="is:open label:bug"
          value={rule.query}
          error={errorAt('query')}
          onChange={(query) => change({ query })}
        />
        <MissingLabel query={rule.query} onMade={() => setMistake(null)} />
      </Part>
      <Part title="Then">
        <ActionList actions={rule.then} mistake={mistake} onChange={(then) => change({ then })} />
        <p className={styles.hint}>
          Texts may say {placeholders.map((name) => `{{${name}}}`).join(', ')}. What would change nothing, or
          is not allowed where the issue stands, is left out.
        </p>
      </Part>
      <Part title="Dry run">
        <div className={styles.try}>
          <Button
            icon={<FlaskConical size={14} strokeWidth={1.5} aria-hidden />}
            disabled={trying}
            onClick={() => void tryOut()}
          >
            Try it
          </Button>
          <DryRunSpan
            span={span}
            onChange={(next) => {
              setSpan(next)
              setTried(null)
            }}
          />
        </div>
        <p className={styles.hint}>
          Says what the rule would have done, had it been there. Nothing is changed.
        </p>
        {(tried || trying) && <DryRunResult result={tried} busy={trying} />}
      </Part>
      <div className={styles.bar}>
        <span className={styles.note} role="status" data-wrong={mistake !== null}>
          {mistake
            ? mistake.at === null
              ? mistake.message
              : 'See what is marked above.'
            : dirty
              ? 'Not saved yet'
              : ''}
        </span>
        <Button
          onClick={() => {
            setEntered(null)
            navigate(rulesPath)
          }}
        >
          Cancel
        </Button>
        <Button variant="primary" type="submit" disabled={view !== undefined && !dirty}>
          {view ? 'Save' : 'Add rule'}
        </Button>
      </div>
    </form>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.part} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      <div className={styles.body}>{children}</div>
    </section>
  )
}

function When({
  when,
  error,
  onChange,
}: {
  readonly when: WhenDraft
  readonly error: string | null
  readonly onChange: (when: WhenDraft) => void
}) {
  const { data: own = [] } = useCall('eventTypes.list', {})
  return (
    <>
      <Select
        aria-label="Kind of occasion"
        value={when.kind}
        options={whenKinds}
        onChange={(kind) => onChange(newWhen(kind as WhenDraft['kind']))}
      />
      {when.kind === 'event' ? (
        <TextsField
          label="One of these happened"
          values={when.types}
          suggestions={[...offeredOccasions, ...own.flatMap(({ name, retired }) => (retired ? [] : name))]}
          nameOf={occasionName}
          error={error}
          onChange={(types) => onChange({ kind: 'event', types: [...types] })}
        />
      ) : (
        <Labelled
          label={when.kind === 'due_in' ? 'Days before the due date' : 'Days without a change'}
          error={error}
          hint={
            when.kind === 'due_in'
              ? 'Once for each due date. 0 is the day itself.'
              : 'Once, until something happens again.'
          }
        >
          {({ className, ...named }) => (
            <input
              {...named}
              className={`${className} ${styles.days}`}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              value={Number.isNaN(when.days) ? '' : String(when.days)}
              onChange={(event) => {
                const typed = event.target.value.trim()
                onChange({ ...when, days: /^\d{1,6}$/.test(typed) ? Number(typed) : Number.NaN })
              }}
            />
          )}
        </Labelled>
      )}
    </>
  )
}
