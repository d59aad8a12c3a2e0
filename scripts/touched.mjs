import { execFileSync } from 'node:child_process'
import { giveUp, root } from './project.mjs'

// How many production files a commit touched, by room: what a change costs. Tests, documentation, migrations and pictures are listed beside.
const [commit = 'HEAD'] = process.argv.slice(2)
const git = (...args) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

/** @returns the files that a commit, or a range `A..B`, changed. */
function changed() {
  try {
    const range = commit.includes('..') ? [commit] : [`${commit}^`, commit]
    return git('diff', '--name-only', ...range, '--')
      .split('\n')
      .filter(Boolean)
  } catch {
    return giveUp(`There is no commit "${commit}" here, or it is the first.`)
  }
}

const rooms = /^(src\/[^/]+|db|inboxes|server)\//
const isBeside = (file) =>
  /\.test\.tsx?$|\.contract\.ts$|\/testing\/|\/meta\/|\.sql$|\.txt$|\.module\.css$/.test(file)
const files = changed()
const production = files.filter((file) => rooms.test(file) && !isBeside(file))
const byRoom = new Map()
for (const file of production) {
  const [, room] = rooms.exec(file)
  byRoom.set(room, [...(byRoom.get(room) ?? []), file])
}
for (const [room, list] of byRoom)
  process.stdout.write(
    `${String(list.length).padStart(4)}  ${room}\n${list.map((file) => `        ${file}\n`).join('')}`,
  )
process.stdout.write(
  `${production.length} production files, ${files.filter((file) => file.endsWith('.sql')).length} migrations, ${files.length} files in all\n`,
)
