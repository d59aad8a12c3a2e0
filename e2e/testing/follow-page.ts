import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of a page: commands for a machine, or a file of a supervisor. */
export type Block = { readonly language: 'sh' | 'ini'; readonly of: string; readonly text: string }

/** The blocks of a page that say whose they are, in order: "sh ada", "ini docket-server.service". */
export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(sh|ini) (\S+)\n([\s\S]*?)^```$/gm)].map(([, language, of, text]) => ({
    language: language as Block['language'],
    of: of as string,
    text: text as string,
  }))

/** A machine of the page: a home, what would be `/etc` and `/var/lib`, and a clone, which is this one. */
export type Machine = { readonly name: string; readonly folder: string; readonly clone: string }

export function newMachine(name: string, under: string, root: string): Machine {
  const folder = join(under, name)
  const clone = join(folder, 'clone')
  for (const each of [clone, join(folder, 'home'), join(folder, 'etc')]) mkdirSync(each, { recursive: true })
  for (const command of ['docket', 'docket-server']) symlinkSync(join(root, command), join(clone, command))
  return { name, folder, clone }
}

/** Brings what is handed over, certificates and invites, from one machine to the others. */
export function handOver(from: Machine, to: readonly Machine[]): void {
  for (const folder of [from.clone, join(from.folder, 'etc')])
    for (const file of readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile()))
      if (/\.invite$|^cert\.pem$/.test(file.name)) {
        // A pipe ends like its last command, whatever became of the first.
        if (statSync(join(folder, file.name)).size === 0)
          throw new Error(`${file.name} is empty on ${from.name}.`)
        for (const other of to) copyFileSync(join(folder, file.name), join(other.clone, file.name))
      }
}

/** What is typed on a machine, and run there by its supervisor. */
export type Hands = {
  /** Runs commands as a shell does, until one fails. @returns what they printed. @throws with what was said where one fails */
  type(commands: string): Promise<string>
  /** As `systemctl start` and `restart` do: what runs is ended first. Waits until the service says that it is up, as a person would look. */
  restart(service: string, commandLine: string, up: RegExp): Promise<void>
  /** What its services said. */
  log(): string
  /** Ends all services. */
  end(): Promise<void>
}

/** @param change what is changed in what the page says before it is run. */
export function handsOn({ name, folder, clone }: Machine, change: (text: string) => string): Hands {
  const exported: string[] = []
  const services = new Map<string, { child: ChildProcess; closed: Promise<unknown>; said: string }>()
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8' }

  function run(script: string): { child: ChildProcess; closed: Promise<unknown>; said: string; out: string } {
    const child = spawn('sh', ['-e', '-c', script], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const running = { child, closed: new Promise((resolve) => child.on('close', resolve)), said: '', out: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      running.said += text
      running.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      running.said += text
    })
    return running
  }

  async function stop(service: string): Promise<void> {
    const running = services.get(service)
    services.delete(service)
    running?.child.kill('SIGTERM')
    await running?.closed
  }

  return {
    async type(commands) {
      const typed = change(commands)
      const running = run([...exported, typed].join('\n'))
      const code = await running.closed
      if (code !== 0) throw new Error(`On ${name}, with ${code}:\n${typed}\nsaid:\n${running.said}`)
      exported.push(...typed.split('\n').filter((line) => line.startsWith('export ')))
      return running.out
    },
    async restart(service, commandLine, up) {
      await stop(service)
      const running = run(`exec ${change(commandLine)}`)
      services.set(service, running)
      await new Promise<void>((resolve, reject) => {
        running.child.stdout?.on('data', () => {
          if (up.test(running.said)) resolve()
        })
        running.child.once('close', (code) =>
          reject(new Error(`${service} ended with ${code} on ${name}:\n${running.said}`)),
        )
      })
    },
    log: () => [...services].map(([service, { said }]) => `${name}, ${service}:\n${said}`).join('\n'),
    async end() {
      for (const service of [...services.keys()]) await stop(service)
    },
  }
}
