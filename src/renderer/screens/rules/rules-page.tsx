import { MoreHorizontal, Pencil, Plus, Trash2, TriangleAlert, Workflow } from 'lucide-react'
import { Link } from 'wouter'
import type { RuleView } from '#contract/answers/rule-answers.ts'
import type { RuleAction } from '#core/rules/rule.ts'
import { byName } from '#core/text/by-name.ts'
import { navigate } from '../../lib/hash-location.ts'
import { rulePath } from '../../lib/paths.ts'
import { useIsUnsaved } from '../../lib/queries/unsaved.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Menu, MenuItem } from '../../ui/controls/menu.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { HeldRuleQuestion } from './held-rule.tsx'
import { draftKey } from './rule-draft.ts'
import styles from './rules-page.module.css'
import { type Endpoint, useEndpoints } from './use-endpoints.ts'
import { useRuleCommands } from './use-rule-commands.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const

const newRule = (
  <Button
    variant="primary"
    icon={<Plus size={16} strokeWidth={1.5} aria-hidden />}
    onClick={() => navigate(rulePath('new'))}
  >
    New rule
  </Button>
)

/** The automation rules of the workspace. */
export function RulesPage() {
  const { data: rules, isError, error, refetch } = useCall('rules.list', {})
  const slow = useSlow(!rules && !isError)
  const unsaved = useIsUnsaved(draftKey('new'))
  return (
    <>
      <ViewHeader note={rules && rules.length > 0 ? rules.length : undefined}>
        {rules && rules.length > 0 && newRule}
      </ViewHeader>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={styles.page} tabIndex={0} aria-label="Rules" aria-busy={!rules && !isError}>
        {isError && !rules && (
          <ErrorState what="The rules could not be shown" error={error} onRetry={() => void refetch()} />
        )}
        {!rules && slow && <p className={styles.waiting}>Looking…</p>}
        {unsaved && (
          <p className={styles.begun}>
            <Link href={rulePath('new')} className={styles.name}>
              Go on with the rule that you began
            </Link>
          </p>
        )}
        {rules?.length === 0 && (
          <ViewState
            icon={<Workflow size={32} strokeWidth={1.25} aria-hidden />}
            title="No rules yet"
            actions={newRule}
          >
            A rule does what would else be done by hand: when something happens to an issue of a kind, then
            label it, assign it, move it, or tell somebody. Each can be tried over the past before it acts.
          </ViewState>
        )}
        {rules && rules.length > 0 && (
          <ul className={styles.list}>
            {[...rules]
              .sort((a, b) => byName(a.rule, b.rule))
              .map((rule) => (
                <RuleLine key={rule.id} view={rule} />
              ))}
          </ul>
        )}
      </section>
    </>
  )
}

function RuleLine({ view }: { readonly view: RuleView }) {
  const { memberById } = useWorkspace()
  const { enable, remove } = useRuleCommands()
  const unsaved = useIsUnsaved(draftKey(view.id))
  const { id, enabled, rule, problem, warnings, changedAt, changedBy } = view
  return (
    <li className={styles.rule} data-off={!enabled}>
      <Switch checked={enabled} aria-label={`${rule.name} is on`} onChange={(on) => void enable(view, on)} />
      <div className={styles.said}>
        <div className={styles.top}>
          <Link href={rulePath(id)} className={styles.name}>
            {rule.name}
          </Link>
          {unsaved && <span className={styles.unsaved}>Not saved yet</span>}
        </div>
        <p className={styles.sentence}>
          <RuleSentence view={view} />
        </p>
        {problem && (
          <p className={styles.problem}>
            <TriangleAlert {...icon} />
            {problem}
          </p>
        )}
        {warnings.map((warning) => (
          <p key={warning} className={styles.problem}>
            <TriangleAlert {...icon} />
            {warning}
          </p>
        ))}
        <HeldRuleQuestion view={view} />
      </div>
      <span className={styles.changed}>
        {memberById.get(changedBy)?.name ?? 'Somebody'} · <RelativeTime at={changedAt} />
      </span>
      <Menu
        align="end"
        trigger={
          <IconButton label={`More for ${rule.name}`} icon={<MoreHorizontal size={16} strokeWidth={1.5} />} />
        }
      >
        <MenuItem icon={<Pencil {...icon} />} onSelect={() => navigate(rulePath(id))}>
          Edit or dry run
        </MenuItem>
        <MenuItem icon={<Trash2 {...icon} />} onSelect={() => void remove(view)}>
          Remove
        </MenuItem>
      </Menu>
    </li>
  )
}

/** What an action does, its text in quotes and its endpoint by name: `comment “Still wanted?”`. */
function phrase(action: RuleAction, words: string, endpoints: readonly Endpoint[]): string {
  if (action.type === 'webhook') {
    const endpoint = endpoints.find(({ id }) => id === action.endpoint)
    return endpoint ? `send it to ${endpoint.name}` : words
  }
  const text = action.type === 'comment' ? action.body : action.type === 'notify' ? action.text : null
  return text !== null && words.endsWith(`: ${text}`)
    ? `${words.slice(0, -text.length - 2)} “${text}”`
    : words
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

/** The whole rule in one sentence. */
function RuleSentence({ view: { rule, words } }: { readonly view: RuleView }) {
  const endpoints = useEndpoints()
  return (
    <>
      When {words.when}
      {rule.query.trim() !== '' && (
        <>
          , if <code className={styles.query}>{rule.query}</code>
        </>
      )}
      , then {listed(rule.then.map((action, index) => phrase(action, words.then[index] ?? '', endpoints)))}.
    </>
  )
}
