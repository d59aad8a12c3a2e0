import { loadConfigFromFile } from 'electron-vite'
import { build, mergeConfig } from 'vite'

// The renderer's part of the Electron configuration, built again at every change; the web host serves what is there.
const { config } = await loadConfigFromFile({ command: 'build', mode: 'development' })
await build(
  mergeConfig(config.renderer, {
    configFile: false,
    base: './',
    build: { watch: {}, emptyOutDir: false, minify: false },
  }),
)
