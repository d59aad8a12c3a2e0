import { writeSync } from 'node:fs'
import { correctionsPending } from '#db/log/rows/corrected-times.ts'
import { openReadDatabase } from '#db/sqlite/open-database.ts'
import { openAppService } from '../open-app-service.ts'
import { logFile } from '../workspace/init-workspace.ts'

// Opens a workspace in which a correction of times does not have all of its effect yet, and lets the app service go on with it until it is through or this is
// killed; says how many events have their times whenever more of them have, and at the end how long it took and stood still at most.
const [folder = ''] = process.argv.slice(2)
const opened = await openAppService({
  folder,
  host: 'web',
  jobThread: new URL('../jobs/job-thread.ts', import.meta.url),
})
if (!opened.ok) throw new Error(opened.error.message)
const reading = openReadDatabase(logFile(folder))
if (!reading.ok) throw new Error(reading.error.message)
const pending = correctionsPending(reading.value)
const moved = reading.value.client.prepare('SELECT count(*) FROM corrected_times').pluck()

const started = performance.now()
let [said, turn, longest] = [-1, started, 0]
while (pending()) {
  await new Promise((resolve) => setImmediate(resolve))
  const now = performance.now()
  longest = Math.max(longest, now - turn)
  const count = Number(moved.get())
  if (count > said) {
    said = count
    writeSync(1, `${count}\n`)
  }
  turn = performance.now()
}
writeSync(
  1,
  `through in ${Math.round(performance.now() - started)} ms, longest block ${Math.round(longest)} ms\n`,
)
reading.value.client.close()
await opened.value.close()
