import { CirclePause } from 'lucide-react'
import type { RuleView } from '#contract/answers/rule-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { rulePath } from '../../lib/paths.ts'
import { Button } from '../../ui/controls/button.tsx'
import styles from './held-rule.module.css'
import { useRuleCommands } from './use-rule-commands.ts'

/** The question that a rule waits with before it acts on many issues at once; nothing where it does not wait. */
export function HeldRuleQuestion({
  view,
  onPage = false,
}: {
  readonly view: RuleView
  readonly onPage?: boolean
}) {
  const { answer } = useRuleCommands()
  const { held, rule, id } = view
  if (!held) return null
  const issues = `${held.issues.toLocaleString()} issues`
  return (
    <section className={styles.held} aria-label={`${rule.name} waits`}>
      <p className={styles.words}>
        <CirclePause size={14} strokeWidth={1.5} aria-hidden />
        <span>
          It would act on {issues} at once, so it waits. Nothing was done yet. Your answer counts on every
          computer of this workspace.
        </span>
      </p>
      <div className={styles.answers}>
        <Button variant="primary" onClick={() => void answer(view, true)}>
          Act on {issues}
        </Button>
        <Button onClick={() => void answer(view, false)}>Leave them alone</Button>
        {!onPage && (
          <Button variant="quiet" onClick={() => navigate(rulePath(id))}>
            Look first
          </Button>
        )}
      </div>
    </section>
  )
}
