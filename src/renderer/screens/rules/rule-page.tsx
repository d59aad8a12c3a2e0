import { navigate } from '../../lib/hash-location.ts'
import { rulesPath } from '../../lib/paths.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { ErrorState, ViewState } from '../../ui/page/view-state.tsx'
import { RuleForm } from './rule-form.tsx'
import styles from './rule-page.module.css'

/** One rule, to be written or changed, and tried over the past. @param ruleId `new` for one that is not there yet */
export function RulePage({ ruleId }: { readonly ruleId: string }) {
  const { data, isError, error, refetch } = useCall('rules.list', {})
  const isNew = ruleId === 'new'
  const view = data?.find(({ id }) => id === ruleId)
  return (
    <>
      <ViewHeader title={isNew ? 'New rule' : (view?.rule.name ?? 'Rule')}>
        <Button variant="quiet" onClick={() => navigate(rulesPath)}>
          All rules
        </Button>
      </ViewHeader>
      <div className={styles.page} aria-busy={!data && !isError}>
        {isError && !data && (
          <ErrorState what="The rule could not be shown" error={error} onRetry={() => void refetch()} />
        )}
        {data && (isNew || view) && <RuleForm key={ruleId} view={view} />}
        {data && !isNew && !view && (
          <ViewState
            title="There is no such rule"
            actions={<Button onClick={() => navigate(rulesPath)}>Show all rules</Button>}
          >
            It may have been removed, or the link is from another workspace.
          </ViewState>
        )}
      </div>
    </>
  )
}
