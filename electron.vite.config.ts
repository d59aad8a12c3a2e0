import { cpSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const root = import.meta.dirname
const out = (name: string) => join(root, 'out', name)

/** The bundle looks for them beside itself, as `db/sqlite/open-database.ts` and `inboxes/store/open-store.ts` do in the sources. */
function migrationsBesideTheBundle(): Plugin {
  return {
    name: 'docket:migrations',
    closeBundle() {
      cpSync(join(root, 'db/migrations'), join(out('main'), 'migrations'), { recursive: true })
      cpSync(join(root, 'inboxes/store/ledger-migrations'), join(out('main'), 'ledger-migrations'), {
        recursive: true,
      })
    },
  }
}

export default defineConfig({
  main: {
    plugins: [migrationsBesideTheBundle()],
    build: {
      outDir: out('main'),
      // Hundreds of small files each: read as one, a process is up in a fifth of the time.
      externalizeDeps: { exclude: ['drizzle-orm', 'zod'] },
      rolldownOptions: {
        input: {
          index: join(root, 'src/main/index.ts'),
          'job-thread': join(root, 'src/app/jobs/job-thread.ts'),
          'inbox-worker': join(root, 'inboxes/worker/worker.ts'),
        },
        // All in one folder, so that a file beside `import.meta.url` is found from every chunk.
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: out('preload'),
      // A sandboxed preload can load nothing but `electron`, and only as CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: join(root, 'src/renderer'),
    plugins: [react()],
    // Markdown is parsed on a thread too, which has no document that could decode entities.
    resolve: {
      alias: {
        'decode-named-character-reference': join(
          root,
          'node_modules/decode-named-character-reference/index.js',
        ),
      },
    },
    build: {
      outDir: out('renderer'),
      // The web host serves the same files to any current browser.
      target: 'es2023',
      minify: true,
      // The policy of both hosts allows no data: fonts.
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(root, 'src/renderer/index.html') },
    },
  },
})
