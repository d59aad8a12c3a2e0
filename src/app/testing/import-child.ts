import { writeSync } from 'node:fs'
import { runJob } from '../jobs/run-job.ts'

// Imports a Jira file into a workspace, saying that it began, until it is done or killed.
const [folder = '', file = ''] = process.argv.slice(2)
const imported = await runJob(
  folder,
  { kind: 'import', format: 'jira', file },
  { onProgress: () => writeSync(1, 'progress\n') },
)
if (!imported.ok) throw new Error(imported.error.message)
writeSync(1, 'done\n')
