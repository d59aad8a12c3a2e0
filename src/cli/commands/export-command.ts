import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { outputTarget } from '#db/files/output-target.ts'
import type { Shared } from '../input/open-here.ts'
import { type JobFormat, runJobHere } from '../input/run-job-here.ts'
import { accepted, print, printJson, RefusedError, safeLine } from '../output/output.ts'

/** `docket export` */
export async function exportFrom(
  options: Shared & { format: JobFormat<'export'>; output?: string; excel?: boolean; withViews?: boolean },
): Promise<void> {
  const { format, excel, withViews = false } = options
  if (excel && format !== 'csv')
    throw new RefusedError({
      code: 'invalid_command',
      message: '--excel is for --format csv; nothing else is opened with Excel.',
    })
  const asked = { format, withViews, ...(excel ? { excel } : {}) }
  const target = accepted(outputTarget(options.output ?? '-'))
  if (target.kind !== 'standard_output' && options.output !== undefined) {
    const { result } = await runJobHere(options, {
      kind: 'export',
      ...asked,
      file: resolve(options.output),
    })
    if (options.json) printJson(result)
    else print(`Wrote ${safeLine(String(result.file))}.`)
    return
  }
  // Written as a whole first, so that nobody reads half of an export from the pipe without hearing of it.
  const folder = mkdtempSync(join(tmpdir(), 'docket-export-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // Also where the reader leaves early, which ends this process.
  process.once('exit', remove)
  try {
    const file = join(folder, 'export')
    await runJobHere(options, { kind: 'export', ...asked, file }).catch((error) => {
      if (!(error instanceof RefusedError) || error.refusal.code !== 'disk_full') throw error
      const message = `The disk that holds temporary files (${tmpdir()}) is full. Name a file on another one with --output.`
      throw new RefusedError({ code: 'disk_full', message })
    })
    await pipeline(createReadStream(file), process.stdout, { end: false })
  } finally {
    remove()
  }
}
