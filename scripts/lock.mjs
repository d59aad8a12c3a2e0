import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { root } from './project.mjs'

const heartbeat = 1_000
const lookEvery = 250
/** A lock that nobody touched while this often looked at is left over. Counted, not timed: a machine that slept did not look. */
const looksAtMost = 80

/**
 * Does the work while no other process on this checkout does it. The second of two waits, and then does its own.
 * The lock is a file that its holder keeps touching, so one left behind by a killed process is taken over.
 */
export async function alone(name, work) {
  const folder = join(root, '.stamps')
  const file = join(folder, `${name}.lock`)
  mkdirSync(folder, { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), random: Math.random() })
  let told = false
  let seen = ''
  let looks = 0
  while (!take(file, mine, looks > looksAtMost)) {
    const sight = `${read(file)} ${touchedAt(file)}`
    looks = sight === seen ? looks + 1 : 0
    seen = sight
    if (!told) process.stderr.write(`Waiting for another process that does the ${name} …\n`)
    told = true
    await new Promise((wake) => setTimeout(wake, lookEvery))
  }
  const beat = setInterval(() => touch(file), heartbeat)
  const release = () => {
    if (read(file) === mine) rmSync(file, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    process.removeListener('exit', release)
    release()
  }
}

function take(file, mine, leftOver) {
  try {
    writeFileSync(file, mine, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const seen = read(file)
  if (seen === null || !(leftOver || isDead(seen))) return false
  // Two may find the same dead lock: whoever moves it away checks that it moved that one, and puts back any other.
  const grave = `${file}.${process.pid}`
  try {
    renameSync(file, grave)
    if (read(grave) !== seen) linkSync(grave, file)
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(grave, { force: true })
  }
  return false
}

/** Whether the holder's process is known to be gone; only its own machine can tell. */
function isDead(holder) {
  try {
    const { pid, host } = JSON.parse(holder)
    if (host === hostname()) process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function touchedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // Taken over while this process was stopped; the work is idempotent.
  }
}
