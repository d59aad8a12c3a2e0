import { Link } from 'wouter'
import type { MemberView } from '#contract/answers/answers.ts'
import { issuesPath, memberPath, term } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { EditableName } from './editable-name.tsx'
import styles from './people-and-labels.module.css'

/** A person: name and e-mail address in fields, what they did, and how many open issues are theirs. */
export function MemberLine({ member }: { readonly member: MemberView }) {
  const run = useCommands()
  const { me } = useWorkspace()
  return (
    <li className={`${styles.line} ${styles.member}`}>
      <Avatar memberId={member.id} size={22} />
      <EditableName
        name={member.name}
        label={`Name of ${member.name}`}
        onRename={(name) =>
          run(
            { type: 'rename_member', memberId: member.id, name },
            {
              done: `Renamed to ${name}`,
              undo: () => [{ type: 'rename_member', memberId: member.id, name: member.name }],
            },
          )
        }
      />
      <span className={styles.handle}>
        @{member.handle}
        {member.id === me.id && ' (you)'}
      </span>
      <EditableName
        name={member.email ?? ''}
        label={`E-mail address of ${member.name}`}
        kind="email"
        onRename={(typed) => {
          const email = typed === '' ? null : typed
          return run(
            { type: 'change_member_email', memberId: member.id, email },
            {
              done:
                email === null ? `${member.name} gets no more mail` : `${member.name} gets mail at ${email}`,
              undo: () => [{ type: 'change_member_email', memberId: member.id, email: member.email }],
            },
          )
        }}
      />
      <Link href={memberPath(member.id)} className={`${styles.open} ${styles.activity}`}>
        Activity
      </Link>
      <Link href={issuesPath(`is:open ${term('assignee', member.handle)}`)} className={styles.open}>
        {member.assignedOpen.toLocaleString()} open
      </Link>
    </li>
  )
}
