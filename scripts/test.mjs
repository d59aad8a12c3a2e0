import { join } from 'node:path'
import { staticChecks } from './checks.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './project.mjs'
import { e2eStep, hostsLine, skippedLine, unitStep } from './runners.mjs'
import { check, conclude, runSteps } from './steps.mjs'

// Everything that must hold, on a fresh clone or an old one; see the README.
await ensureInstalled()
const build = check('build', process.execPath, [join(root, 'scripts', 'build.mjs')])
const results = await runSteps([build, e2eStep(), unitStep(), ...staticChecks()])
process.stdout.write(`${hostsLine(results.get('end-to-end tests').ran ?? [])}\n`)
process.stdout.write(skippedLine(results.get('unit, property and integration tests').skippedTests ?? []))
conclude(results)
