import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../docket-server.mjs', import.meta.url))

/** `docket-server` in a process of its own, with what it said so far. */
export type Served = {
  readonly url: string
  readonly pid: number
  said(): string
  kill(signal: NodeJS.Signals): Promise<void>
}

type Ended = { readonly status: number | null; readonly out: string; readonly error: string }

function run(parameters: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...parameters], { env: { ...process.env, DATABASE_URL: '' } })
  const said = { out: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.error += text
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, ...said })))
  return { child, said, ended }
}

/** Runs the command to its end. */
export const command = (...parameters: readonly string[]): Promise<Ended> => run(parameters).ended

/** Starts the server on a directory and waits until it listens. @throws with what it said where it ends instead. */
export async function served(data: string, ...parameters: readonly string[]): Promise<Served> {
  const { child, said, ended } = run(['--data', data, '--port', '0', ...parameters])
  const url = await new Promise<string>((resolve, reject) => {
    void ended.then(({ status, error }) => reject(new Error(`ended with ${status}: ${error}`)))
    child.stdout.on('data', () => {
      const found = /"url":"([^"]+)"/.exec(said.out)
      if (found) resolve(found[1] as string)
    })
  })
  return {
    url,
    pid: child.pid as number,
    said: () => said.out + said.error,
    async kill(signal) {
      child.kill(signal)
      await ended
    },
  }
}
