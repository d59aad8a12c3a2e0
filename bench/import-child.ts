import { runJob } from '#host/run-job.ts'

// Imports the file named second into the workspace named first, and says how long it took and the most memory it had.
const [folder = '', file = ''] = process.argv.slice(2)
const start = performance.now()
const imported = await runJob(folder, { kind: 'import', format: 'jira', file }, {})
if (!imported.ok) throw new Error(imported.error.message)
const report = imported.value.result as { events: number }
process.stdout.write(
  JSON.stringify({
    events: report.events,
    millis: performance.now() - start,
    rss: process.resourceUsage().maxRSS * 1024,
  }),
)
