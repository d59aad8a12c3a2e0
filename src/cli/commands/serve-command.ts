import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { logFile } from '#app/workspace/init-workspace.ts'
import { openWorkspace } from '#app/workspace/workspace.ts'
import { type Shared, workspaceFolder } from '../input/open-here.ts'
import { accepted } from '../output/output.ts'

/** The web host, in this process, until it is told to end. @throws RefusedError where there is no workspace: none is made in passing. */
export async function serveWindow(options: Shared & { port?: string; open?: boolean }): Promise<void> {
  const folder = workspaceFolder(options)
  if (!existsSync(logFile(folder))) accepted(openWorkspace(folder))
  const entry = fileURLToPath(new URL('../../web/main.ts', import.meta.url))
  process.argv = [
    process.argv[0] as string,
    entry,
    ...['--workspace', folder],
    ...(options.port === undefined ? [] : [`--port=${options.port}`]),
    ...(options.open === false ? ['--no-open'] : []),
  ]
  await import('#web/main.ts')
}
