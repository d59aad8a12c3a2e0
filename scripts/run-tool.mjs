import { spawn } from 'node:child_process'
import { endWithNpm } from './end-with-npm.mjs'
import { appNode, projectEnv, root } from './project.mjs'

/** Runs a JavaScript or TypeScript file on the project's Node, with this terminal. Signals go on to it. @returns its exit code. */
export function runOnAppNode(file, args, env = {}) {
  return runWithTerminal(appNode, [file, ...args], env)
}

/** Runs a program with this terminal; Ctrl-C reaches it from the terminal itself, and the end of npm as SIGTERM. @returns its exit code. */
export function runWithTerminal(program, args, env = {}) {
  endWithNpm()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: projectEnv(env), stdio: 'inherit' })
    const passOn = (signal) => child.kill(signal)
    const wait = () => {}
    process.on('SIGTERM', passOn)
    process.on('SIGHUP', passOn)
    process.on('SIGINT', wait)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', passOn)
      process.off('SIGHUP', passOn)
      process.off('SIGINT', wait)
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1))
    })
  })
}

/**
 * Runs a program that reads nothing and says what it does on standard error, for what is printed here may be somebody's input. This process is not
 * stopped meanwhile: whoever holds a lock must go on touching it. @returns its exit code.
 */
export function runQuietInput(program, args, env, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      shell,
      stdio: ['ignore', process.stderr, 'inherit'],
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
