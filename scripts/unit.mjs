import { ensureInstalled } from './install.mjs'
import { tool } from './project.mjs'
import { runOnAppNode } from './run-tool.mjs'

await ensureInstalled()
process.exitCode = await runOnAppNode(tool('vitest'), ['run', ...process.argv.slice(2)])
