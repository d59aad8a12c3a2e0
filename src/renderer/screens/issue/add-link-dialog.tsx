import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { IssueDetail } from '#contract/answers/answers.ts'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useSearch } from '../../lib/queries/use-search.ts'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { IssueKey } from '../../ui/issue-key.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './add-link-dialog.module.css'
import { linkChoices } from './link-phrases.ts'

type Target = { readonly id: string; readonly key: string; readonly title: string; readonly status: string }

/** The commands that make a link and take it back, said by whichever of the two issues the kind is read from. */
export function linkCommand(
  type: 'link' | 'unlink',
  issueId: string,
  link: {
    readonly kind: (typeof linkChoices)[number]['kind']
    readonly direction: 'out' | 'in'
    readonly otherId: string
  },
): WindowCommand {
  return link.direction === 'out'
    ? { type, issueId, kind: link.kind, target: link.otherId }
    : { type, issueId: link.otherId, kind: link.kind, target: issueId }
}

/** Links this issue to another one, found by key or by any of its words. */
export function AddLinkDialog({
  issue,
  onClose,
}: {
  readonly issue: IssueDetail
  readonly onClose: () => void
}) {
  const run = useCommands()
  const [choice, setChoice] = useState(linkChoices[0]?.id ?? '')
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const search = useSearch(text)
  // A key is found even while the index is behind the log.
  const typed = text.trim()
  const byKey = useCall(
    'issues.get',
    { key: typed === '' ? '?' : typed },
    { enabled: /\d|~/.test(typed) && !/\s/.test(typed) },
  )
  const exact: readonly Target[] = byKey.data && typed !== '' ? [byKey.data] : []
  const targets: readonly Target[] = [
    ...exact,
    ...search.hits.filter((hit) => hit.id !== exact[0]?.id),
  ].filter((target) => target.id !== issue.id)
  const at = Math.min(active, Math.max(0, targets.length - 1))

  const add = async (target: Target | undefined) => {
    const chosen = linkChoices.find((each) => each.id === choice)
    if (!target || !chosen) return
    onClose()
    const link = { kind: chosen.kind, direction: chosen.direction, otherId: target.id }
    // A parent takes another's place, which an undo gives back.
    const [parent, ...others] = issue.links.filter(
      (each) => each.kind === 'parent' && each.direction === 'out' && link.direction === 'out',
    )
    const former =
      link.kind === 'parent' && parent && others.length === 0
        ? { kind: parent.kind, direction: parent.direction, otherId: parent.issue.id }
        : undefined
    await run(linkCommand('link', issue.id, link), {
      done: `${chosen.title} ${target.key}`,
      undo: () => [former ? linkCommand('link', issue.id, former) : linkCommand('unlink', issue.id, link)],
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setActive(Math.min(targets.length - 1, at + 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(0, at - 1))
    else if (event.key === 'Enter') void add(targets[at])
    else return
    event.preventDefault()
  }

  return (
    <Dialog open onClose={onClose} title={`Link ${issue.key} to another issue`} initialFocus={field}>
      <div className={styles.body}>
        <fieldset className={styles.kinds}>
          <legend className="visually-hidden">Kind of link</legend>
          {linkChoices.map((each) => (
            <label key={each.id} className={styles.kind} data-chosen={each.id === choice || undefined}>
              <input
                type="radio"
                name={`${id}-kind`}
                checked={each.id === choice}
                onChange={() => setChoice(each.id)}
              />
              {each.title}
            </label>
          ))}
        </fieldset>
        <input
          ref={field}
          className={styles.field}
          dir="auto"
          role="combobox"
          aria-label="Issue to link to"
          aria-expanded={targets.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={targets.length > 0 ? `${id}-${at}` : undefined}
          placeholder="Key or words of the other issue"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
        <div id={`${id}-list`} role="listbox" aria-label="Issues" className={styles.list}>
          {targets.map((target, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled by the field, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
            <div
              key={target.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className={styles.target}
              onPointerMove={() => setActive(index)}
              onClick={() => void add(target)}
            >
              <StatusRing status={target.status} />
              <IssueKey>{target.key}</IssueKey>
              <span className={styles.name} dir="auto">
                {target.title}
              </span>
            </div>
          ))}
        </div>
        {targets.length === 0 && (
          <p className={styles.none}>
            {search.state === 'found'
              ? 'Nothing found. Try the key, or fewer words.'
              : 'Type a key, or some words.'}
          </p>
        )}
      </div>
    </Dialog>
  )
}
