import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './project.mjs'
import { runOnAppNode } from './run-tool.mjs'

await ensureInstalled()
await ensureBuilt()
process.exitCode = await runOnAppNode(join(root, 'bench', 'run.ts'), process.argv.slice(2))
