import { Check, Plus, TriangleAlert, X } from 'lucide-react'
import { Link } from 'wouter'
import type { IssueDetail, LinkedIssue } from '#contract/answers/answers.ts'
import { issuePath } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import styles from '../../ui/fields/property.module.css'
import { StatusRing } from '../../ui/status-ring.tsx'
import { linkCommand } from './add-link-dialog.tsx'
import { linkGroups } from './link-phrases.ts'

const isOneOfSeveralParents = (links: readonly LinkedIssue[]): boolean =>
  links.length > 1 && links.every(({ kind, direction }) => kind === 'parent' && direction === 'out')

/** Issues that this one is linked to, by what the link means here. */
export function Links({
  issue,
  editable,
  onAdd,
}: {
  readonly issue: IssueDetail
  readonly editable: boolean
  readonly onAdd: () => void
}) {
  const run = useCommands()
  const remove = ({ kind, direction, issue: other }: LinkedIssue) => {
    const link = { kind, direction, otherId: other.id }
    void run(linkCommand('unlink', issue.id, link), {
      done: `No longer linked to ${other.key}`,
      undo: () => [linkCommand('link', issue.id, link)],
    })
  }
  const keepParent = ({ issue: { id, key } }: LinkedIssue) =>
    void run(
      { type: 'link', issueId: issue.id, kind: 'parent', target: id },
      { done: `${key} is the parent` },
    )
  return (
    <section className={styles.block} aria-label="Links">
      <div className={styles.blockHead}>
        <h3>Links</h3>
        {editable && (
          <IconButton
            label="Add a link"
            action="issue.link"
            icon={<Plus size={14} strokeWidth={1.5} />}
            onClick={onAdd}
          />
        )}
      </div>
      {issue.links.length === 0 && <p className={styles.nothing}>None</p>}
      {linkGroups(issue.links).map((group) => (
        <div key={group.title} className={styles.group}>
          <h4>{group.title}</h4>
          {isOneOfSeveralParents(group.links) && (
            <p className={styles.several}>An issue has one parent. Keep one of these:</p>
          )}
          <ul>
            {group.links.map((link) => (
              <li
                key={`${link.direction} ${link.issue.id}`}
                className={styles.link}
                data-without={link.withoutEffect !== null}
                title={link.withoutEffect ?? undefined}
              >
                <Link
                  href={issuePath(link.issue.key)}
                  className={styles.linked}
                  title={`${link.issue.key} ${link.issue.title}`}
                >
                  <StatusRing status={link.issue.status} named />
                  <span className={styles.linkedKey}>{link.issue.key}</span>
                  <span className={styles.linkedTitle} dir="auto">
                    {link.issue.title}
                  </span>
                </Link>
                {link.withoutEffect !== null && (
                  <TriangleAlert
                    size={14}
                    strokeWidth={1.5}
                    className={styles.without}
                    role="img"
                    aria-label={link.withoutEffect}
                  />
                )}
                {editable && isOneOfSeveralParents(group.links) && (
                  <IconButton
                    label={`Keep ${link.issue.key} as the parent`}
                    icon={<Check size={14} strokeWidth={1.5} />}
                    onClick={() => keepParent(link)}
                  />
                )}
                {editable && (
                  <IconButton
                    className={styles.remove}
                    label={`Remove the link to ${link.issue.key}`}
                    icon={<X size={14} strokeWidth={1.5} />}
                    onClick={() => remove(link)}
                  />
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
