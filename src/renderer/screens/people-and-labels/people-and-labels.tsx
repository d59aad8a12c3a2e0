import { Folder } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { v7 as newId } from 'uuid'
import { Link } from 'wouter'
import type { LabelView, MemberView, ProjectView } from '#contract/answers/answers.ts'
import { byName } from '#core/text/by-name.ts'
import { issuesPath, memberPath, term } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dot } from '../../ui/label-dot.tsx'
import { ViewHeader } from '../../ui/page/view-header.tsx'
import styles from './people-and-labels.module.css'

/** Where labels, projects and people are made, named and coloured. */
export function PeopleAndLabels() {
  const { labels, projects, members, info } = useWorkspace()
  const run = useCommands()
  const inOrder = <Named extends { readonly name: string }>(list: readonly Named[]) => [...list].sort(byName)
  return (
    <>
      <ViewHeader />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={styles.page} tabIndex={0} aria-label="People and labels">
        <section className={styles.section} aria-labelledby="workspace-heading">
          <h2 id="workspace-heading" className={styles.heading}>
            Workspace
          </h2>
          <EditableName
            name={info.workspace.name}
            label="Name of the workspace"
            onRename={(name) =>
              run({ type: 'rename_workspace', name }, { done: `Workspace renamed to ${name}` })
            }
          />
          <p className={styles.note}>{info.workspace.folder}</p>
        </section>
        <section className={styles.section} aria-labelledby="labels-heading">
          <h2 id="labels-heading" className={styles.heading}>
            Labels <span className={styles.count}>{labels.length}</span>
          </h2>
          <Adder
            label="Name of the new label"
            placeholder="New label"
            button="Add label"
            onAdd={(name) => run({ type: 'create_label', labelId: newId(), name })}
          />
          <ul className={styles.list}>
            {inOrder(labels).map((label) => (
              <LabelLine key={label.id} label={label} />
            ))}
          </ul>
          {labels.length === 0 && (
            <p className={styles.note}>
              No labels yet. They can also be made while labelling an issue: press L.
            </p>
          )}
        </section>
        <section className={styles.section} aria-labelledby="projects-heading">
          <h2 id="projects-heading" className={styles.heading}>
            Projects <span className={styles.count}>{projects.length}</span>
          </h2>
          <Adder
            label="Name of the new project"
            placeholder="New project"
            button="Add project"
            onAdd={(name) => run({ type: 'create_project', projectId: newId(), name })}
          />
          <ul className={styles.list}>
            {inOrder(projects).map((project) => (
              <ProjectLine key={project.id} project={project} />
            ))}
          </ul>
          {projects.length === 0 && (
            <p className={styles.note}>
              No projects yet. They can also be made while moving an issue: press Shift+P.
            </p>
          )}
        </section>
        <section className={styles.section} aria-labelledby="people-heading">
          <h2 id="people-heading" className={styles.heading}>
            People <span className={styles.count}>{members.length}</span>
          </h2>
          <Adder
            label="Name of the new person"
            placeholder="New person"
            button="Add person"
            onAdd={(name) => run({ type: 'add_member', memberId: newId(), name })}
          />
          <ul className={styles.list}>
            {inOrder(members).map((member) => (
              <MemberLine key={member.id} member={member} />
            ))}
          </ul>
        </section>
      </section>
    </>
  )
}

function LabelLine({ label }: { readonly label: LabelView }) {
  const run = useCommands()
  return (
    <li className={styles.line}>
      <span className={styles.swatch} title="Change the colour">
        <Dot colour={label.colour} />
        {/* Commits once the picker is closed (`change`), not at every step of the hand. */}
        <ColourInput
          value={label.colour}
          name={label.name}
          onPick={(colour) =>
            void run(
              { type: 'recolour_label', labelId: label.id, colour },
              {
                done: `${label.name} has a new colour`,
                undo: () => [{ type: 'recolour_label', labelId: label.id, colour: label.colour }],
              },
            )
          }
        />
      </span>
      <EditableName
        name={label.name}
        label={`Name of the label ${label.name}`}
        onRename={(name) =>
          run(
            { type: 'rename_label', labelId: label.id, name },
            {
              done: `Renamed to ${name}`,
              undo: () => [{ type: 'rename_label', labelId: label.id, name: label.name }],
            },
          )
        }
      />
      <Link href={issuesPath(`is:open ${term('label', label.name)}`)} className={styles.open}>
        {label.open.toLocaleString()} open
      </Link>
    </li>
  )
}

function ProjectLine({ project }: { readonly project: ProjectView }) {
  const run = useCommands()
  return (
    <li className={styles.line}>
      <Folder size={16} strokeWidth={1.5} aria-hidden />
      <EditableName
        name={project.name}
        label={`Name of the project ${project.name}`}
        onRename={(name) =>
          run(
            { type: 'rename_project', projectId: project.id, name },
            {
              done: `Renamed to ${name}`,
              undo: () => [{ type: 'rename_project', projectId: project.id, name: project.name }],
            },
          )
        }
      />
      <Link href={issuesPath(`is:open ${term('project', project.name)}`)} className={styles.open}>
        {project.open.toLocaleString()} open
      </Link>
    </li>
  )
}

function MemberLine({ member }: { readonly member: MemberView }) {
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

function ColourInput({
  value,
  name,
  onPick,
}: {
  readonly value: string
  readonly name: string
  readonly onPick: (colour: string) => void
}) {
  return (
    <input
      type="color"
      className={styles.colour}
      defaultValue={value}
      key={value}
      aria-label={`Colour of ${name}`}
      ref={(input) => {
        if (!input) return
        const picked = () => onPick(input.value.toLowerCase())
        input.addEventListener('change', picked)
        return () => input.removeEventListener('change', picked)
      }}
    />
  )
}

type Done = { readonly ok: boolean }

/** A name in a field of its own: Enter or leaving it renames, Escape takes back what was typed. */
function EditableName({
  name,
  label,
  kind = 'name',
  onRename,
}: {
  readonly name: string
  readonly label: string
  /** An address may be taken away; a name may not. */
  readonly kind?: 'name' | 'email'
  readonly onRename: (name: string) => Promise<Done>
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const save = async () => {
    const wanted = typed?.trim()
    if (wanted === undefined || wanted === name || (wanted === '' && kind === 'name')) return setTyped(null)
    if (!(await onRename(wanted)).ok) return
    setTyped(null)
  }
  return (
    <input
      className={kind === 'email' ? styles.email : styles.name}
      type="text"
      {...(kind === 'email'
        ? {
            inputMode: 'email' as const,
            autoComplete: 'off',
            spellCheck: false,
            placeholder: 'Add an e-mail address',
          }
        : {})}
      dir="auto"
      aria-label={label}
      value={typed ?? name}
      maxLength={500}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') {
          setTyped(null)
          event.stopPropagation()
        }
      }}
    />
  )
}

function Adder({
  label,
  placeholder,
  button,
  onAdd,
}: {
  readonly label: string
  readonly placeholder: string
  readonly button: ReactNode
  readonly onAdd: (name: string) => Promise<Done>
}) {
  const [name, setName] = useState('')
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = name.trim()
    if (wanted !== '' && (await onAdd(wanted)).ok) setName('')
  }
  return (
    <form className={styles.adder} onSubmit={(event) => void add(event)}>
      <input
        className={styles.field}
        dir="auto"
        aria-label={label}
        placeholder={placeholder}
        value={name}
        maxLength={500}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" disabled={name.trim() === ''}>
        {button}
      </Button>
    </form>
  )
}
