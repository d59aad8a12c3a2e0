import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { appNode, root, tool } from './project.mjs'
import { capture } from './steps.mjs'

const folders = ['src', 'db', 'inboxes', 'server', 'e2e', 'bench']
const source = /\.tsx?$/

/**
 * Runs dependency-cruiser, and looks whether it read the code at all: with a TypeScript that it can't use it reads no file and
 * finds no fault.
 */
export async function checkBoundaries() {
  const present = folders.filter((folder) => sources(folder).length > 0)
  const wanted = present.flatMap(sources)
  const args = [
    tool('dependency-cruiser', 'depcruise'),
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    ...present,
  ]
  const { code, output, stdout } = await capture(appNode, args)
  let cruise
  try {
    cruise = JSON.parse(stdout)
  } catch {
    return { passed: 0, failed: 1, skipped: 0, output }
  }
  const seen = new Set(cruise.modules.map((module) => module.source))
  const unseen = wanted.filter((file) => !seen.has(file))
  const withImports = cruise.modules.filter((module) => module.dependencies.length > 0).length
  const lines = cruise.summary.violations.map(
    ({ rule, from, to }) => `${rule.severity} ${rule.name}: ${from} → ${to}`,
  )
  if (unseen.length > 0)
    lines.push(
      `dependency-cruiser read ${wanted.length - unseen.length} of ${wanted.length} files; it missed ${unseen.slice(0, 5).join(', ')}`,
    )
  if (withImports < wanted.length / 2)
    lines.push(
      `dependency-cruiser saw imports in ${withImports} of ${wanted.length} files only: it can't read this TypeScript`,
    )
  const back = arrowsBack(cruise.modules)
  lines.push(...back)
  const failed =
    back.length > 0 || cruise.summary.error > 0 || unseen.length > 0 || withImports < wanted.length / 2
  // Its own exit code is the number of errors; anything else it has to say is on its stderr, and in the output.
  if (!failed && code !== 0) lines.push(output.slice(0, 2_000))
  const ok = !failed && code === 0
  return {
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    skipped: 0,
    output: `${lines.join('\n')}\n`,
    note: `${seen.size} modules read`,
  }
}

/**
 * Folders that import each other: what is imported the fewer times runs back up. Tests and their scenes may look at anything.
 *
 * @returns a line for each import that runs back.
 */
function arrowsBack(modules) {
  const isTest = (path) => /\.(test|fixture|contract)\.tsx?$|\/testing\//.test(path)
  const isOurs = (path) => /^(src|db|inboxes|server)\/.*\.tsx?$/.test(path) && !isTest(path)
  const byFolders = new Map()
  for (const { source, dependencies } of modules.filter((module) => isOurs(module.source))) {
    for (const { resolved } of dependencies.filter((dependency) => isOurs(dependency.resolved))) {
      const [from, to] = [dirname(source), dirname(resolved)]
      const key = `${from} > ${to}`
      if (from !== to) byFolders.set(key, [...(byFolders.get(key) ?? []), `${source} → ${resolved}`])
    }
  }
  return [...byFolders].flatMap(([key, there]) => {
    const back = byFolders.get(key.split(' > ').toReversed().join(' > ')) ?? []
    const isFewer =
      there.length < back.length ||
      (there.length === back.length && key < key.split(' > ').toReversed().join(' > '))
    return back.length > 0 && isFewer ? there.map((line) => `error no-arrow-back: ${line}`) : []
  })
}

/** From git where this is a checkout, so that nothing ignored is asked for; else from the disk. */
function sources(folder) {
  const git = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', folder],
    { cwd: root, encoding: 'utf8' },
  )
  const deleted = spawnSync('git', ['ls-files', '--deleted', folder], { cwd: root, encoding: 'utf8' })
  if (git.status === 0) {
    const gone = new Set(deleted.stdout.split('\n'))
    return git.stdout.split('\n').filter((file) => source.test(file) && !gone.has(file))
  }
  try {
    const names = readdirSync(join(root, folder), { recursive: true })
    return names.filter((name) => source.test(name)).map((name) => relative(root, join(root, folder, name)))
  } catch {
    return []
  }
}
