import { cpSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The inbox worker in one file, as the desktop ships it: up in a third of a second, so that a test can afford to start it often. @returns its entry. */
export async function bundledWorker(): Promise<URL> {
  const folder = `${root}out/test-worker`
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: `${root}inboxes/worker/worker.ts`,
      outDir: folder,
      target: 'node24',
      rolldownOptions: {
        external: ['better-sqlite3'],
        // All in one folder: the migrations are looked for beside whichever file asks.
        output: { entryFileNames: 'worker.mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  cpSync(`${root}inboxes/store/ledger-migrations`, `${folder}/ledger-migrations`, { recursive: true })
  return pathToFileURL(`${folder}/worker.mjs`)
}
