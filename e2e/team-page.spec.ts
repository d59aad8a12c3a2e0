import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import {
  type Block,
  blocksOf,
  type Hands,
  handOver,
  handsOn,
  type Machine,
  newMachine,
} from './testing/follow-page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = ['server', 'ada', 'ben', 'always-on'] as const

/** All that is changed in the page's words so that they can be followed on one machine, without being root. */
const changes = (machine: Machine, port: number): readonly (readonly [string | RegExp, string])[] => [
  ['docket.example', 'localhost'],
  ['7420', String(port)],
  ['0.0.0.0', '127.0.0.1'],
  ['/opt/docket', machine.clone],
  ['/etc/docket', join(machine.folder, 'etc')],
  ['/var/lib/docket', join(machine.folder, 'var')],
  ['%h', join(machine.folder, 'home')],
  // Nobody is root here, and there is one user.
  [/^sudo (useradd|chown) .*$/gm, ':'],
  [/-o docket /g, ''],
  [/sudo (-u docket )?/g, ''],
  // The clone is this one, which has nothing newer.
  [/^git pull$/gm, ':'],
]

/** What the page's two services say once they are up. */
const up = /"msg":"listening"|Running the inboxes/

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  return port
}

test('docs/team.md, followed word for word, ends with three copies that agree', async () => {
  test.skip(process.platform === 'win32', 'The page is for systemd and a POSIX shell')
  test.setTimeout(900_000)
  const folder = mkdtempSync(join(tmpdir(), 'docket-team-page-'))
  const port = await freePort()
  const machines = names.map((name) => newMachine(name, folder, root))
  const hands = new Map<string, Hands>(
    machines.map((machine) => [
      machine.name,
      handsOn(machine, (text) =>
        changes(machine, port).reduce((now, [from, to]) => now.replaceAll(from, to), text),
      ),
    ]),
  )
  const blocks = blocksOf(readFileSync(join(root, 'docs/team.md'), 'utf8'))
  const serviceLines = new Map(
    blocks
      .filter(({ language }) => language === 'ini')
      .map(({ of, text }) => [of.replace('.service', ''), /^ExecStart=(.+)$/m.exec(text)?.[1] ?? '']),
  )
  const digests = new Map<string, string>()

  async function follow({ of, text }: Block): Promise<void> {
    const here = hands.get(of)
    if (!here) throw new Error(`The page has a block for "${of}", and there is no such machine.`)
    let typed: string[] = []
    const typeThem = async (): Promise<void> => {
      if (typed.length === 0) return
      const said = await here.type(typed.join('\n'))
      const digest = /^[0-9a-f]{64}$/m.exec(said)?.[0]
      if (typed.includes('./docket digest') && digest) digests.set(of, digest)
      typed = []
    }
    for (const line of text.trim().split('\n')) {
      const [, order] = /^(?:sudo )?systemctl (?:--user )?(.+)$/.exec(line) ?? []
      if (order === undefined) {
        typed.push(line)
        continue
      }
      await typeThem()
      const [, service] = /^(?:enable --now|restart) (\S+)$/.exec(order) ?? []
      if (service) await here.restart(service, serviceLines.get(service) ?? 'false', up)
      else expect(order).toBe('daemon-reload')
    }
    await typeThem()
    const machine = machines.find(({ name }) => name === of) as Machine
    handOver(
      machine,
      machines.filter((other) => other !== machine),
    )
  }

  try {
    const commands = blocks.filter(({ language }) => language === 'sh')
    for (const block of commands)
      await test.step(`${block.of}: ${block.text.split('\n')[0]}`, () => follow(block))
    expect([...digests.keys()].sort()).toEqual(['ada', 'always-on', 'ben'])
    expect(new Set(digests.values()).size).toBe(1)

    // After the upgrade the same is asked once more, by the page's own commands.
    const asking = commands.filter(({ text }) => text.includes('./docket digest'))
    const before = digests.get('ada')
    for (const block of asking) await follow(block)
    expect(new Set(digests.values()).size).toBe(1)
    expect(digests.get('ada')).not.toBe(before)
    for (const name of ['ada', 'ben', 'always-on']) {
      const list = await hands.get(name)?.type('./docket list')
      expect(list).toContain('Crash when the window closes')
      expect(list).toContain('Written after the upgrade')
    }
    expect(await hands.get('ada')?.type('./docket sync status')).toContain('encrypted end to end')
  } catch (error) {
    for (const each of hands.values()) process.stderr.write(each.log())
    throw error
  } finally {
    for (const each of hands.values()) await each.end()
    rmSync(folder, { recursive: true, force: true })
  }
})
