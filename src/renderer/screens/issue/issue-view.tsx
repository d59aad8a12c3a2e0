import { useMemo, useRef, useState } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuesPath, presets } from '../../lib/paths.ts'
import { useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useMedia } from '../../lib/use-media.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IssueConflicts } from '../../ui/conflicts/issue-conflicts.tsx'
import { HistoryStrip } from '../../ui/history-strip/history-strip.tsx'
import { IssuePicker, type PickerKind } from '../../ui/issues/issue-picker.tsx'
import { useIssueActions } from '../../ui/issues/use-issue-actions.tsx'
import { KeyPrefixes, prefixOf } from '../../ui/markdown/key-prefixes.ts'
import { Feed, type FeedJump } from '../../ui/timeline/feed.tsx'
import { AddLinkDialog } from './add-link-dialog.tsx'
import { ArchivedNotice } from './archived-notice.tsx'
import { CommentBox } from './comment-box.tsx'
import { IssueDescription } from './description.tsx'
import { IssueHeader } from './issue-header.tsx'
import styles from './issue-page.module.css'
import { MoveButtons } from './move-buttons.tsx'
import { Properties } from './properties.tsx'
import { PropertiesSheet } from './properties-sheet.tsx'
import { TitleField } from './title-field.tsx'
import { useIssueSubscription } from './use-issue-subscription.ts'

/** Where the person came from, or the open issues where the window began here. */
function goBack(): void {
  if (history.length > 1) history.back()
  else navigate(issuesPath(presets.open))
}

/** One issue that was found: its text in the middle, its properties at the side, its history above and below. */
export function IssueView({ issue }: { readonly issue: IssueDetail }) {
  const { info } = useWorkspace()
  const acts = useIssueSubscription(issue)
  const narrow = useMedia('(max-width: 1000px)')
  const [sheet, setSheet] = useState(false)
  const [titled, setTitled] = useState(false)
  const [describing, setDescribing] = useState(false)
  const [picker, setPicker] = useState<{ readonly kind: PickerKind; readonly anchor: Element | null } | null>(
    null,
  )
  const [linking, setLinking] = useState(false)
  const [jump, setJump] = useState<FeedJump | null>(null)
  const page = useRef<HTMLDivElement>(null)
  const comment = useRef<HTMLTextAreaElement>(null)
  const due = useRef<HTMLInputElement>(null)

  const editable = !info.readOnly && !issue.archived && issue.asOf === null
  const scope = useMemo(() => ({ kind: 'issue' as const, issueId: issue.id as never }), [issue.id])
  const prefixes = useMemo(() => {
    const prefix = prefixOf(issue.externalKey)
    return prefix === null ? [] : [prefix]
  }, [issue.externalKey])
  const shared = useIssueActions({ targets: () => [issue], anchor: () => page.current })

  const pick = (kind: PickerKind) => {
    // The line of the panel where that is shown, else the page's own line of moves.
    const at =
      page.current?.querySelector(`button[data-picker="${kind}"]`) ??
      page.current?.querySelector('[data-picker]')
    setPicker({ kind, anchor: at ?? null })
  }
  const setDue = () => {
    if (narrow) setSheet(true)
    requestAnimationFrame(() => {
      due.current?.focus()
      due.current?.showPicker?.()
    })
  }

  const ifAllowed = (act: () => void) => (info.readOnly ? undefined : act)
  const ifEditable = (act: (() => void) | undefined) => (editable ? act : undefined)
  useViewActions('issue', {
    'issue.copy-key': shared.handlers['issue.copy-key'],
    'list.back': goBack,
    'issue.archive': ifAllowed(shared.archive),
    'issue.subscribe': ifAllowed(acts.subscribe),
    'issue.mute': ifAllowed(acts.mute),
    'issue.status': ifEditable(() => pick('status')),
    'issue.assign': ifEditable(() => pick('assign')),
    'issue.label': ifEditable(() => pick('label')),
    'issue.project': ifEditable(() => pick('project')),
    'issue.priority': ifEditable(() => pick('priority')),
    'issue.assign-me': ifEditable(shared.handlers['issue.assign-me']),
    'issue.edit-title': ifEditable(() => setTitled(true)),
    'issue.edit-description': ifEditable(() => setDescribing(true)),
    'issue.comment': ifEditable(() => {
      comment.current?.focus()
      comment.current?.scrollIntoView({ block: 'center' })
    }),
    'issue.due': ifEditable(setDue),
    'issue.link': ifEditable(() => setLinking(true)),
  })

  const properties = (
    <Properties
      issue={issue}
      editable={editable}
      onPick={(kind, anchor) => setPicker({ kind, anchor })}
      onAddLink={() => setLinking(true)}
      onSubscribe={acts.subscribe}
      onMute={acts.mute}
      dueField={due}
    />
  )
  // Inside of the sheet while that is open: what lies outside of a modal sheet can't be reached.
  const choosing = (
    <>
      {picker && (
        <IssuePicker
          key={picker.kind}
          kind={picker.kind}
          issues={[issue]}
          anchor={picker.anchor}
          onClose={() => setPicker(null)}
        />
      )}
      {linking && <AddLinkDialog issue={issue} onClose={() => setLinking(false)} />}
    </>
  )

  return (
    <KeyPrefixes value={prefixes}>
      <div className={styles.page} ref={page}>
        <IssueHeader
          issue={issue}
          subscription={acts}
          onArchive={shared.archive}
          onShowProperties={narrow ? () => setSheet(true) : undefined}
        />
        <HistoryStrip over={scope} onJump={({ from, to }) => setJump({ from, to })} />
        <div className={styles.columns}>
          <div className={styles.scroll}>
            <div className={styles.column}>
              {issue.archived && <ArchivedNotice onRestore={info.readOnly ? undefined : shared.archive} />}
              {issue.asOf === null && <IssueConflicts issueId={issue.id} />}
              <TitleField issue={issue} editable={editable} editing={titled} onEdit={setTitled} />
              <MoveButtons issue={issue} />
              <IssueDescription
                issue={issue}
                editable={editable}
                editing={describing}
                onEdit={setDescribing}
              />
              {editable && <CommentBox issueId={issue.id} ref={comment} />}
              <div className={styles.feed}>
                <Feed scope={scope} jump={jump} />
              </div>
            </div>
          </div>
          {!narrow && (
            <aside className={styles.side} aria-label="Properties">
              {properties}
            </aside>
          )}
        </div>
        {narrow && sheet && (
          <PropertiesSheet onOpenChange={setSheet}>
            {properties}
            {choosing}
          </PropertiesSheet>
        )}
        {!(narrow && sheet) && choosing}
      </div>
    </KeyPrefixes>
  )
}
