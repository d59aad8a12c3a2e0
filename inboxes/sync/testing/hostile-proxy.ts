import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { doorTo } from './door.ts'

/** What a hostile proxy is told: to change answers of a route from now on, or to be honest again. */
const order = z.union([
  z.object({ do: z.literal('merge'), route: z.string(), fields: z.record(z.string(), z.unknown()) }),
  z.object({ do: z.literal('honest') }),
  z.object({ do: z.literal('asked') }),
])

/** A server that lies, in a process of its own: a proxy before an honest one, over real HTTP. */
export type HostileProxy = {
  readonly url: string
  /** Puts fields into every answer of a route, by the last part of its path: `hello`, `keys`, `join` … */
  merge(route: string, fields: Readonly<Record<string, unknown>>): Promise<void>
  honest(): Promise<void>
  /** The routes that were asked for so far, in order. */
  asked(): Promise<readonly string[]>
  close(): Promise<void>
}

/** @param target where the honest server answers. */
export async function hostileProxy(target: string): Promise<HostileProxy> {
  const child = fork(fileURLToPath(import.meta.url), [target], { stdio: 'inherit' })
  const tell = async (message: z.input<typeof order>): Promise<unknown> => {
    const answered = once(child, 'message')
    child.send(message)
    return (await answered)[0]
  }
  const [url] = (await once(child, 'message')) as [string]
  return {
    url,
    merge: async (route, fields) => void (await tell({ do: 'merge', route, fields })),
    honest: async () => void (await tell({ do: 'honest' })),
    asked: async () => z.array(z.string()).parse(await tell({ do: 'asked' })),
    async close() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

async function serve(target: string): Promise<void> {
  const door = await doorTo(() => target)
  process.on('disconnect', () => process.exit())
  process.on('message', (message) => {
    const told = order.parse(message)
    if (told.do === 'honest') door.honest()
    if (told.do === 'merge') door.change(told.route, (body) => ({ ...body, ...told.fields }))
    process.send?.(told.do === 'asked' ? door.asked.map(({ route }) => route) : null)
  })
  process.send?.(door.url)
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2])
  void serve(process.argv[2])
