import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }
export type RunOptions = {
  readonly input?: string | Buffer
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly uid?: number
}

/** Runs `docket …` in a process of its own, to its end. */
export function docket(
  args: readonly string[],
  { input = '', cwd, env = {}, uid }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, DOCKET_WORKSPACE: '', ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // A command that reads no input may be gone before this is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
