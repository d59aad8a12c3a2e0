import { openAppService } from '#app/open-app-service.ts'

// Opens the workspace named first as the app does, answers what a window asks first, and says so.
const opened = await openAppService({
  folder: process.argv[2] ?? '',
  host: 'web',
  jobThread: new URL('../src/app/jobs/job-thread.ts', import.meta.url),
})
if (!opened.ok) throw new Error(opened.error.message)
const app = opened.value
// Counted beside all else, a piece at a time; the list does not wait for it.
const strip = app.call('history.strip', { over: { kind: 'query', query: 'is:open' } })
const answers = await Promise.all([
  app.call('app.info', {}),
  app.call('labels.list', {}),
  app.call('members.list', {}),
  app.call('issues.count', { query: 'is:open' }),
  app.call('issues.list', { query: 'is:open', limit: 100 }),
])
const refused = answers.find((answer) => !answer.ok)
if (refused && !refused.ok) throw new Error(refused.error.message)
process.stdout.write('ready\n')
await strip
await app.close()
