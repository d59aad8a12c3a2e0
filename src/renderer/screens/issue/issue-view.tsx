import { Dialog as Sheet } from '@base-ui/react/dialog'
import { Archive, ArchiveRestore, Bell, BellOff, Copy, Link2, PanelRight, X } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { IssueDetail } from '#contract/answers/answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath, issuesPath, presets } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useMedia } from '../../lib/use-media.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { IssueConflicts } from '../../ui/conflicts/issue-conflicts.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { HistoryStrip } from '../../ui/history-strip/history-strip.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { IssuePicker, type PickerKind } from '../../ui/issues/issue-picker.tsx'
import { useIssueActions } from '../../ui/issues/use-issue-actions.tsx'
import { KeyPrefixes, prefixOf } from '../../ui/markdown/key-prefixes.ts'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import { Feed, type FeedJump } from '../../ui/timeline/feed.tsx'
import { AddLinkDialog } from './add-link-dialog.tsx'
import { CommentBox } from './comment-box.tsx'
import { IssueDescription } from './description.tsx'
import styles from './issue-page.module.css'
import { MoveButtons } from './move-buttons.tsx'
import { Properties } from './properties.tsx'
import { TitleField } from './title-field.tsx'

const icon = { size: 16, strokeWidth: 1.5 } as const

function copy(text: string, what: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast(`Copied ${what}`),
    () => toast.error('The clipboard is not available here.'),
  )
}

/** Where the person came from, or the open issues where the window began here. */
function goBack(): void {
  if (history.length > 1) history.back()
  else navigate(issuesPath(presets.open))
}

/** One issue that was found: its text in the middle, its properties at the side, its history above and below. */
export function IssueView({ issue }: { readonly issue: IssueDetail }) {
  const { info, me } = useWorkspace()
  const run = useCommands()
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
  const subscribe = () => {
    const on = issue.subscribers.includes(me.id)
    void run(
      { type: on ? 'unsubscribe' : 'subscribe', issueId: issue.id },
      {
        done: on ? 'You no longer hear of this issue' : 'You will hear of this issue',
        undo: () => [{ type: on ? 'subscribe' : 'unsubscribe', issueId: issue.id }],
      },
    )
  }
  const mute = () => {
    const on = !issue.muted
    void run(
      { type: on ? 'mute' : 'unmute', issueId: issue.id },
      {
        done: on ? 'You hear nothing more of this issue, mentions included' : 'You hear of this issue again',
        undo: () => [{ type: on ? 'unmute' : 'mute', issueId: issue.id }],
      },
    )
  }
  const copyLink = () => {
    const path = issuePath(issue.key)
    copy(`${info.linkBase ?? `${location.origin}${location.pathname}#`}${path}`, 'the link')
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
    'issue.subscribe': ifAllowed(subscribe),
    'issue.mute': ifAllowed(mute),
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
      onSubscribe={subscribe}
      onMute={mute}
      dueField={due}
    />
  )
  const subscribed = issue.subscribers.includes(me.id)
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
        <ViewHeader
          title={<IssueKey>{issue.key}</IssueKey>}
          named={`${issue.key} ${issue.title}`}
          note={issue.archived ? <span className={styles.archived}>Archived</span> : undefined}
        >
          <IconButton
            label="Copy key"
            action="issue.copy-key"
            icon={<Copy {...icon} />}
            onClick={() => copy(issue.key, issue.key)}
          />
          <IconButton label="Copy link" icon={<Link2 {...icon} />} onClick={copyLink} />
          {!info.readOnly && (
            <>
              <IconButton
                label={subscribed ? 'Unsubscribe' : 'Subscribe'}
                action="issue.subscribe"
                aria-pressed={subscribed}
                icon={subscribed ? <Bell {...icon} /> : <BellOff {...icon} />}
                onClick={subscribe}
              />
              <IconButton
                label={issue.archived ? 'Restore' : 'Archive'}
                action="issue.archive"
                icon={issue.archived ? <ArchiveRestore {...icon} /> : <Archive {...icon} />}
                onClick={shared.archive}
              />
            </>
          )}
          {narrow && (
            <IconButton
              label="Show properties"
              icon={<PanelRight {...icon} />}
              onClick={() => setSheet(true)}
            />
          )}
        </ViewHeader>
        <HistoryStrip over={scope} onJump={({ from, to }) => setJump({ from, to })} />
        <div className={styles.columns}>
          <div className={styles.scroll}>
            <div className={styles.column}>
              {issue.archived && (
                <div className={styles.notice}>
                  <Archive {...icon} aria-hidden />
                  <span>This issue is archived. It can be read, and changed again once it is restored.</span>
                  {!info.readOnly && <Button onClick={shared.archive}>Restore</Button>}
                </div>
              )}
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
          <Sheet.Root open onOpenChange={setSheet}>
            <Sheet.Portal>
              <Sheet.Backdrop className={styles.backdrop} />
              <Sheet.Popup className={styles.sheet}>
                <div className={styles.sheetHead}>
                  <Sheet.Title className={styles.sheetTitle}>Properties</Sheet.Title>
                  <Sheet.Close render={<IconButton label="Close" icon={<X {...icon} />} />} />
                </div>
                {properties}
                {choosing}
              </Sheet.Popup>
            </Sheet.Portal>
          </Sheet.Root>
        )}
        {!(narrow && sheet) && choosing}
      </div>
    </KeyPrefixes>
  )
}
