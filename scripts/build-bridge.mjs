import { join } from 'node:path'
import { build } from 'vite'
import { root } from './project.mjs'

// The web host's `window.docket`: a classic script, so that it runs before the window's own modules.
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir: join(root, 'out', 'web'),
    emptyOutDir: true,
    target: 'es2023',
    reportCompressedSize: false,
    lib: {
      entry: join(root, 'src/web/browser/bridge.ts'),
      formats: ['iife'],
      name: 'docketBridge',
      fileName: () => 'bridge.js',
    },
  },
})
