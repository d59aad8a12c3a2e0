import { writeSync } from 'node:fs'
import { command } from '#core/commands.ts'
import { newId } from '../commands/new-id.ts'
import { openWorkspace } from '../workspace/workspace.ts'

// Executes commands one after another, as many as asked for or until it is killed; says each recorded event's id once the command has returned, not before.
const opened = openWorkspace(process.argv[2] ?? '')
if (!opened.ok) throw new Error(opened.error.message)
const { commands } = opened.value
let issueId = newId()
const count = Number(process.argv[3] ?? Number.POSITIVE_INFINITY)
for (let n = 0; n < count; n++) {
  const create = n % 10 === 0
  if (create) issueId = newId()
  const wish = create
    ? { type: 'create', issueId, title: `Issue ${n}`, description: 'x'.repeat((n * 37) % 3_000) }
    : { type: 'comment', issueId, commentId: newId(), body: `Comment ${n} ${'y'.repeat((n * 53) % 2_000)}` }
  const executed = commands.execute(command.parse(wish))
  if (!executed.ok) throw new Error(executed.error.message)
  // Written at once, past every buffer: what was said is what the parent counts on.
  for (const event of executed.value.recorded) writeSync(1, `${event.id}\n`)
}
opened.value.close()
