import type { IssueSums } from '#contract/answers/answers.ts'
import { numberText, summedFields } from '#core/issue/fields/units.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useWorkspace } from '../../lib/workspace.tsx'

const none: IssueSums = {}

/** What the fields that are added up come to, of the issues that a query finds: `12 points`. @param status of those in it alone */
export function FieldSums({
  query,
  status,
  className,
}: {
  readonly query: string
  readonly status?: string
  readonly className?: string | undefined
}) {
  const { units } = useWorkspace().info.workspace
  const asked = summedFields.length > 0
  const { data = none } = useCall('issues.sums', { query }, { keepPrevious: true, enabled: asked })
  return summedFields.map((field) => {
    const groups = status === undefined ? Object.values(data) : [data[status]]
    const values = groups.flatMap((group) => group?.[field.key] ?? [])
    if (values.length === 0) return null
    const sum = values.reduce((all, value) => all + value, 0)
    return (
      <span key={field.key} className={className} title={`${field.title}, added up`}>
        <span className="visually-hidden">{field.title}, added up: </span>
        {numberText(field, Number(sum.toFixed(6)), units)}
      </span>
    )
  })
}
