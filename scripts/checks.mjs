import { join } from 'node:path'
import { checkBoundaries } from './boundaries.mjs'
import { appNode, installStamps, root, tool } from './project.mjs'
import { check } from './steps.mjs'

const projects = ['tsconfig.json', 'src/core/tsconfig.json', 'tsconfig.web.json', 'tsconfig.e2e.json']
const biomeArgs = [
  process.env.CI ? 'ci' : 'check',
  '--no-errors-on-unmatched',
  '--max-diagnostics=40',
  '--diagnostic-level=warn',
  '--colors=off',
]

/**
 * Remembers what it found, so that only what changed is looked at again. By the native compiler, a third of the time; the package `typescript` stays
 * for those who read sources through it (the boundary reader does).
 */
const typeCheck = (project) => {
  const memory = join(installStamps, `${project.replaceAll('/', '-')}.tsbuildinfo`)
  return [tool('typescript-native', 'tsc'), '-p', project, '--incremental', '--tsBuildInfoFile', memory]
}

/** What needs no running app: format, lint, types, boundaries, unused code. Each counts as one test. */
export const staticChecks = () => [
  check('format and lint', appNode, [tool('@biomejs/biome', 'biome'), ...biomeArgs]),
  ...projects.map((project) => check(`types ${project}`, appNode, typeCheck(project))),
  { name: 'boundaries', run: checkBoundaries },
  check('lockfile', appNode, [join(root, 'scripts', 'complete-lockfile.mjs'), '--check']),
  check('unused code', appNode, [tool('knip'), '--no-progress']),
]
