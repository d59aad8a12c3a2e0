import { staticChecks } from './checks.mjs'
import { ensureInstalled } from './install.mjs'
import { conclude, runSteps } from './steps.mjs'

await ensureInstalled()
conclude(await runSteps(staticChecks()))
