import { Command } from 'cmdk'
import { CornerDownLeft, Search, User } from 'lucide-react'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { listedEntities } from '#core/entities/kinds/entities.ts'
import { navigate } from '../../lib/hash-location.ts'
import { issuePath, issuesPath, memberPath, searchPath, term } from '../../lib/paths.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { runAction, useAvailableActions } from '../../lib/shortcuts/action-handlers.ts'
import type { Action } from '../../lib/shortcuts/actions.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import popup from '../../ui/controls/popup.module.css'
import { EventIcon } from '../../ui/event-icon.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { KeyHint } from '../../ui/key-hint.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './palette.module.css'

/** Every typed word must be in it; a name that begins with what was typed comes first. */
function score(value: string, search: string, keywords: readonly string[] = []): number {
  const name = value.toLowerCase()
  const said = `${name} ${keywords.join(' ').toLowerCase()}`
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.every((word) => said.includes(word))) return 0
  if (name.startsWith(words[0] ?? '')) return 1
  return name.includes(` ${words[0]}`) ? 0.8 : 0.5
}

type Props = { readonly actions: readonly Action[]; readonly onClose: () => void }

/** Everything that can be done now, every place, and every issue, by typing a part of its name. */
export function Palette({ actions: all, onClose }: Props) {
  const [text, setText] = useState('')
  const typed = text.trim()
  const asked = useDeferredValue(typed)
  const workspace = useWorkspace()
  const { members } = workspace
  const actions = useAvailableActions(all).filter((action) => !action.keysOnly)
  const found = useCall(
    'search.issues',
    { text: asked, limit: 8 },
    { enabled: asked !== '', keepPrevious: true },
  )
  const recent = useCall(
    'issues.list',
    { query: 'sort:updated-desc', limit: 5, offset: 0 },
    { enabled: typed === '' },
  )
  const [marked, setMarked] = useState('')
  const list = useRef<HTMLDivElement>(null)
  const moved = useRef(false)
  // Issues are found after the rest stands there: until somebody moves the mark, it belongs to what is first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again for each answer
  useEffect(() => {
    if (moved.current) return
    const frame = requestAnimationFrame(() => {
      const first = list.current?.querySelector('[cmdk-item]:not([aria-disabled="true"])')
      setMarked(first?.getAttribute('data-value') ?? '')
      list.current?.scrollTo({ top: 0 })
    })
    return () => cancelAnimationFrame(frame)
  }, [found.data, recent.data])
  const issues = typed === '' ? (recent.data?.rows ?? []) : (found.data?.hits ?? [])
  // After the dialog has gone, so that what opens next takes the focus from the view and not from here.
  const leave = (then: () => void) => {
    onClose()
    requestAnimationFrame(() => requestAnimationFrame(then))
  }
  return (
    <Dialog open onClose={onClose} title="Command palette" width={640} bare>
      <Command
        className={styles.palette}
        label="Command palette"
        filter={score}
        loop
        value={marked}
        onValueChange={setMarked}
        onKeyDown={({ key, ctrlKey }) => {
          if (/^(?:Arrow(?:Up|Down)|Home|End)$/.test(key) || ctrlKey) moved.current = true
        }}
        onPointerMove={() => {
          moved.current = true
        }}
      >
        <div className={styles.field}>
          <Search size={16} strokeWidth={1.5} aria-hidden />
          <Command.Input
            className={styles.input}
            value={text}
            onValueChange={(next) => {
              moved.current = false
              setText(next)
            }}
            placeholder="Find an issue, a place, or something to do…"
          />
        </div>
        <Command.List ref={list} className={styles.list} label="What was found">
          <Command.Empty className={popup.empty}>
            {found.isFetching ? 'Searching…' : 'Nothing has that name.'}
          </Command.Empty>
          {issues.length > 0 && (
            <Command.Group heading={typed === '' ? 'Changed last' : 'Issues'} className={styles.group}>
              {issues.map((issue) => (
                <Command.Item
                  key={issue.id}
                  // The host has matched it already: the typed text is a part of it, so that it is not filtered again.
                  value={`${issue.key} ${issue.title}`}
                  keywords={[typed]}
                  className={styles.item}
                  onSelect={() => leave(() => navigate(issuePath(issue.key)))}
                >
                  <StatusRing status={issue.status} named />
                  <IssueKey>{issue.key}</IssueKey>
                  <span className={popup.itemText} dir="auto">
                    {issue.title}
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Do" className={styles.group}>
            {actions.map(({ id, name, group, keys, also }) => (
              <Command.Item
                key={id}
                value={`${name} ${id}`}
                keywords={[group, also ?? '']}
                className={styles.item}
                onSelect={() => leave(() => runAction(id))}
              >
                <CornerDownLeft size={14} strokeWidth={1.5} aria-hidden />
                <span className={popup.itemText}>{name}</span>
                {keys[0] && <KeyHint keys={keys[0]} />}
              </Command.Item>
            ))}
          </Command.Group>
          {typed !== '' && (
            <>
              <Command.Group heading="Labels, projects and people" className={styles.group}>
                {listedEntities.flatMap((entity) =>
                  entity.type === 'member'
                    ? []
                    : workspace[entity.plural].map(({ id, name }) => (
                        <Command.Item
                          key={id}
                          value={`${entity.noun} ${name} ${id}`}
                          className={styles.item}
                          onSelect={() =>
                            leave(() => navigate(issuesPath(`is:open ${term(entity.type, name)}`)))
                          }
                        >
                          <EventIcon sign={entity.sign} />
                          <span className={popup.itemText}>{name}</span>
                          <span className={popup.hint}>{entity.noun}</span>
                        </Command.Item>
                      )),
                )}
                {members.map((member) => (
                  <Command.Item
                    key={member.id}
                    value={`person ${member.name} ${member.handle} ${member.id}`}
                    className={styles.item}
                    onSelect={() => leave(() => navigate(memberPath(member.id)))}
                  >
                    <User size={14} strokeWidth={1.5} aria-hidden />
                    <span className={popup.itemText}>{member.name}</span>
                    <span className={popup.hint}>@{member.handle}</span>
                  </Command.Item>
                ))}
              </Command.Group>
              {/* Not before the issues: alone in the list it would be what Enter does, and stay it. */}
              {!found.isPending && (
                <Command.Group className={styles.group}>
                  <Command.Item
                    value={`search everything ${typed}`}
                    keywords={[typed]}
                    className={styles.item}
                    onSelect={() => leave(() => navigate(searchPath(typed)))}
                  >
                    <Search size={14} strokeWidth={1.5} aria-hidden />
                    <span className={popup.itemText}>Search everything for “{typed}”</span>
                  </Command.Item>
                </Command.Group>
              )}
            </>
          )}
        </Command.List>
      </Command>
    </Dialog>
  )
}
