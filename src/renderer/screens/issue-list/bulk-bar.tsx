import { Archive, CircleDot, Flag, Folder, Tag, User, X } from 'lucide-react'
import { type MouseEvent, useRef } from 'react'
import { keysFor, type WindowActionId } from '../../lib/shortcuts/actions.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Tooltip } from '../../ui/controls/tooltip.tsx'
import type { PickerKind } from '../../ui/issues/issue-picker.tsx'
import type { IssueActions } from '../../ui/issues/use-issue-actions.tsx'
import styles from './issue-list-page.module.css'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

type Props = {
  readonly count: number
  readonly total: number
  readonly actions: IssueActions
  readonly onClear: () => void
}

/** What can be done to all selected issues at once. */
export function BulkBar({ count, total, actions, onClear }: Props) {
  const bar = useRef<HTMLDivElement>(null)
  const pick = (kind: PickerKind) => (event: MouseEvent) => actions.open(kind, event.currentTarget)
  const tool = (
    id: WindowActionId,
    label: string,
    toolIcon: React.ReactNode,
    onClick: (event: MouseEvent) => void,
  ) => (
    <Tooltip text={label} keys={keysFor(id)} side="top">
      <Button variant="quiet" icon={toolIcon} onClick={onClick}>
        {label}
      </Button>
    </Tooltip>
  )
  return (
    <div ref={bar} className={styles.bulk} role="toolbar" aria-label="Selected issues">
      <span className={styles.bulkCount} role="status">
        {count.toLocaleString()} selected{count >= 500 && total > count ? ' (the most at once)' : ''}
      </span>
      {tool('issue.status', 'Status', <CircleDot {...icon} />, pick('status'))}
      {tool('issue.assign', 'Assign', <User {...icon} />, pick('assign'))}
      {tool('issue.label', 'Label', <Tag {...icon} />, pick('label'))}
      {tool('issue.project', 'Project', <Folder {...icon} />, pick('project'))}
      {tool('issue.priority', 'Priority', <Flag {...icon} />, pick('priority'))}
      {tool('issue.archive', 'Archive', <Archive {...icon} />, () => actions.archive())}
      <IconButton label="Clear the selection" action="list.back" icon={<X {...icon} />} onClick={onClear} />
    </div>
  )
}
