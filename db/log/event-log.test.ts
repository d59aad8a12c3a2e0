import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEventLog } from '../projections/event-log.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { eventLogContract } from './event-log.contract.ts'
import { memoryEventLog } from './memory-event-log.ts'

eventLogContract('in memory', (options) => ({ log: memoryEventLog(options), close() {} }))

eventLogContract('on SQLite', (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-log-'))
  const opened = openDatabase(join(folder, 'log.db'), { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  return {
    log: openEventLog(opened.value, options),
    close() {
      opened.value.client.close()
      rmSync(folder, { recursive: true })
    },
  }
})
