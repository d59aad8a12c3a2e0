import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { projectEnv, root } from './project.mjs'

/** How much may run at once: two cores' worth, or up to four where there are more. */
export const slots = Math.min(4, Math.max(2, availableParallelism()))
const linesKept = 200
const killAfter = 40 * 60 * 1_000

/**
 * Runs steps side by side as far as the slots go, in order of their listing, each after those it names in `after`. A step whose
 * predecessor failed is not run and counts as failed.
 *
 * @param steps `{ name, weight?, after?, run(): Promise<{ passed, failed, skipped, output, note? }> }`
 * @returns the results by name, in the order of the list.
 */
export async function runSteps(steps) {
  const results = new Map()
  let free = slots
  await new Promise((finish) => {
    const waiting = [...steps]
    const running = new Set()
    const next = () => {
      for (const step of [...waiting]) {
        const before = (step.after ?? []).filter((name) => steps.some((other) => other.name === name))
        const broken = before.find((name) => results.get(name)?.failed > 0)
        const weight = Math.min(step.weight ?? 1, slots)
        if (broken) {
          waiting.splice(waiting.indexOf(step), 1)
          settle(step, {
            passed: 0,
            failed: 1,
            skipped: 0,
            output: `not run, because ${broken} failed\n`,
            seconds: 0,
          })
        } else if (before.every((name) => results.has(name)) && weight <= free) {
          waiting.splice(waiting.indexOf(step), 1)
          running.add(step)
          free -= weight
          const started = Date.now()
          step
            .run()
            .catch((error) => ({ passed: 0, failed: 1, skipped: 0, output: `${error.stack}\n` }))
            .then((result) => {
              running.delete(step)
              free += weight
              settle(step, { ...result, seconds: (Date.now() - started) / 1_000 })
              next()
            })
        }
      }
      if (waiting.length === 0 && running.size === 0) finish()
    }
    const settle = (step, result) => {
      results.set(step.name, result)
      report(step, result)
    }
    next()
  })
  return new Map(steps.map((step) => [step.name, results.get(step.name)]))
}

function report(step, { failed, passed, skipped, seconds, output, note }) {
  const counts =
    passed + failed + skipped > 1
      ? `, ${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`
      : ''
  process.stdout.write(
    `${failed ? '✗' : '✓'} ${step.name} (${seconds.toFixed(1)} s${counts})${note ? `: ${note}` : ''}\n`,
  )
  if (failed) process.stdout.write(`${shortened(output).replaceAll(/^/gm, '  ')}\n`)
}

/** A flood drowns what follows it: its beginning and its end. */
function shortened(output) {
  const lines = output.trimEnd().split('\n')
  const left = lines.length - 2 * linesKept
  if (left <= 0) return lines.join('\n')
  return [...lines.slice(0, linesKept), `… ${left} more lines …`, ...lines.slice(-linesKept)].join('\n')
}

/** Runs a program to its end. @returns its exit code (never 0 when it was killed) what it said on both streams, and on `stdout` alone. */
export function capture(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: projectEnv({ FORCE_COLOR: '0', NO_COLOR: undefined, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks = []
    const answer = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
    child.stdout.on('data', (chunk) => answer.push(chunk))
    const limit = setTimeout(() => {
      chunks.push(Buffer.from(`\nstopped after ${killAfter / 60_000} minutes\n`))
      child.kill('SIGKILL')
    }, killAfter)
    const end = (code) => {
      clearTimeout(limit)
      resolve({
        code: code ?? 1,
        output: Buffer.concat(chunks).toString(),
        stdout: Buffer.concat(answer).toString(),
      })
    }
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`))
      end(1)
    })
    child.on('close', end)
  })
}

/** A program that counts as one test: passed if it ends with 0. */
export const check = (name, program, args, rest = {}) => ({
  name,
  ...rest,
  async run() {
    const { code, output } = await capture(program, args)
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, output }
  },
})

/** Prints the closing line over all runners and sets the exit code. */
export function conclude(results) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const result of results.values()) for (const key of Object.keys(total)) total[key] += result[key]
  process.stdout.write(`tests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
  process.exitCode = total.failed > 0 ? 1 : 0
}
