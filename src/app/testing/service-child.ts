import { writeSync } from 'node:fs'
import { newId } from '../commands/new-id.ts'
import { openAppService } from '../open-app-service.ts'

// Comments through a running app service, a word of its own each time, until it is killed; says each word once its command was acknowledged.
const [folder = '', prefix = ''] = process.argv.slice(2)
const opened = await openAppService({
  folder,
  host: 'web',
  jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
})
if (!opened.ok) throw new Error(opened.error.message)
const { call } = opened.value
const issueId = newId()
const created = await call('commands.execute', { command: { type: 'create', issueId, title: 'Searched' } })
if (!created.ok) throw new Error(created.error.message)
for (let n = 0; ; n++) {
  const word = `${prefix}${n}`
  const executed = await call('commands.execute', {
    command: { type: 'comment', issueId, commentId: newId(), body: `It says ${word}.` },
  })
  if (!executed.ok) throw new Error(executed.error.message)
  writeSync(1, `${word}\n`)
  // The service's timers get their turn, as they do between two people's commands.
  await new Promise((resolve) => setImmediate(resolve))
}
