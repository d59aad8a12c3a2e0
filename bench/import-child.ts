import { jobs } from '#app/jobs/jobs.ts'
import { importFormats } from '#contract/import-formats.ts'

// Imports the file named second, of the format named third, into the workspace named first, as the app does: on a job's thread. Says how long it
// took and the most memory the process had.
const [folder = '', file = '', name] = process.argv.slice(2)
const format = importFormats.find((known) => known === name)
if (!format) throw new Error(`there is no format "${name}"`)
const start = performance.now()
const running = jobs({
  folder,
  thread: new URL('../src/app/jobs/job-thread.ts', import.meta.url),
  onChange: () => {},
})
const started = running.start({ kind: 'import', format, file })
if (!started.ok) throw new Error(started.error.message)
const { result, error } = await running.ended(started.value.id)
if (error) throw new Error(error.message)
process.stdout.write(
  JSON.stringify({
    events: (result as { events: number }).events,
    millis: performance.now() - start,
    rss: process.resourceUsage().maxRSS * 1024,
  }),
)
