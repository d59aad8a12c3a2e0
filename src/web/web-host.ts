import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openAppService } from '#app/open-app-service.ts'
import { withInboxWorker } from '#app/with-inbox-worker.ts'
import { startChildWorker } from '#app/worker/child-worker.ts'
import { initWorkspace, logFile } from '#app/workspace/init-workspace.ts'
import type { Refusal, RefusalCode } from '#core/values/refusal.ts'
import { defaultFolder } from './default-folder.ts'
import { openBrowser } from './open-browser.ts'
import { startWebServer, type WebServer, type WebServerOptions } from './web-server.ts'
import { loadWindowFiles } from './window-files.ts'

const usage = 'Usage: node src/web/main.ts [--workspace DIR] [--port N] [--no-open]'

/** One line on stderr; 1 refused, 2 wrong usage, as the `docket` command (`docket serve`) has it. */
function fail(sentence: string, exitCode: 2): never
function fail(sentence: string, exitCode: 1, code: RefusalCode): never
function fail(sentence: string, exitCode: 1 | 2, code?: RefusalCode): never {
  process.stderr.write(`docket: ${sentence}${code ? ` [${code}]` : ''}\n`)
  process.exit(exitCode)
}
function refused({ message, code }: Refusal): never {
  return fail(message, 1, code)
}

function readArguments(): { folder: string; port: number | null; open: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        workspace: { type: 'string', default: process.env.DOCKET_WORKSPACE || defaultFolder() },
        port: { type: 'string' },
        open: { type: 'boolean', default: true },
      },
      allowNegative: true,
    })
    const port = values.port === undefined ? null : Number(values.port)
    if (port !== null && !(/^\d{1,5}$/.test(values.port ?? '') && port <= 65_535)) {
      return fail(`${values.port} is no port. ${usage}`, 2)
    }
    return { folder: resolve(values.workspace), port, open: values.open }
  } catch (error) {
    return fail(`${(error as Error).message.split('\n')[0]} ${usage}`, 2)
  }
}

/**
 * A workspace's own port, the same at every start where it is free: what the window remembers (drafts, theme) belongs to the
 * address, port included.
 */
const usualPort = (folder: string): number =>
  20_000 + (createHash('sha256').update(folder).digest().readUInt16BE() % 10_000)

async function listen(
  options: Omit<WebServerOptions, 'port'> & { readonly service: { close(): Promise<void> } },
  folder: string,
  port: number | null,
): Promise<WebServer> {
  try {
    return await startWebServer({ ...options, port: port ?? usualPort(folder) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (port === null) return await listen(options, folder, 0)
    await options.service.close()
    if (code === 'EADDRINUSE')
      return fail(`Port ${port} is in use. Choose another with --port, or leave it out.`, 1, 'invalid_input')
    if (code === 'EACCES')
      return fail(
        `Port ${port} is not allowed to you. Choose one above 1023 with --port.`,
        1,
        'invalid_input',
      )
    return fail(message, 1, 'internal')
  }
}

const { folder, port, open } = readArguments()

const files = await loadWindowFiles(fileURLToPath(new URL('../../out', import.meta.url)))
if (!files.ok) refused(files.error)

const made = initWorkspace({ folder })
if (!made.ok && made.error.code !== 'workspace_exists') refused(made.error)
const opened = await openAppService({
  folder,
  host: 'web',
  jobThread: new URL('../app/jobs/job-thread.ts', import.meta.url),
})
if (!opened.ok) refused(opened.error)
let server: WebServer | undefined
const service = withInboxWorker(opened.value, {
  start: () => startChildWorker(new URL('../../inboxes/worker/worker.ts', import.meta.url), logFile(folder)),
  notify: (notification) => server?.pushToOne({ kind: 'notification', notification }) ?? false,
})

server = await listen(
  { service, files: files.value, transfers: service.files, greeting: () => [service.worker.state] },
  folder,
  port,
)
let stopping = false
async function stop(): Promise<void> {
  // Asked twice, somebody is in earnest; what was acknowledged is on disk anyway.
  if (stopping) process.exit(1)
  stopping = true
  await server?.close()
  await service.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())

// Said last: whoever reads the address may end the host at once, and it has to end cleanly from then on.
process.stdout.write(`${server.url}\n`)
if (open) openBrowser(server.url)
