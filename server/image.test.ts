import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

it('what the Dockerfile copies is all that the server needs, and .dockerignore lets it through', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-image-'))
  try {
    const copied = [...read('Dockerfile').matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, from]) =>
      (from as string).split(' '),
    )
    const through = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []))
    expect(copied.filter((path) => !through.some((open) => `${path}/`.startsWith(`${open}/`)))).toEqual([])
    for (const path of copied) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      cpSync(join(root, path), join(folder, path), {
        recursive: true,
        filter: (file) => !file.endsWith('.test.ts') && !file.endsWith('/testing'),
      })
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const [, entry] = /^ENTRYPOINT \["node", "([^"]+)"/m.exec(read('Dockerfile')) ?? []
    const run = (...args: string[]): unknown =>
      JSON.parse(
        execFileSync(process.execPath, [join(folder, entry as string), ...args, '--json'], {
          encoding: 'utf8',
        }),
      )
    const data = ['--data', join(folder, 'data')]
    const made = run('admin', 'create-workspace', '--name', 'Team', ...data)
    expect(made).toMatchObject({ invite: expect.stringMatching(/^docket-invite:/) })
    expect(run('admin', 'workspaces', ...data)).toMatchObject([{ name: 'Team' }])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('whatever the server imports is installed in the image', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const seen = new Set<string>()
  const packages = new Set<string>()
  const at: Record<string, string> = {
    core: 'src/core',
    contract: 'src/contract',
    db: 'db',
    server: 'server',
  }
  const follow = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, named, called] of read(file).matchAll(
      /^import\b(?! type)[^'=;]*'([^']+)'|\bimport\('([^']+)'\)/gm,
    )) {
      const from = named ?? called ?? ''
      const [, folder = '', rest = ''] = /^#(\w+)\/(.+)$/.exec(from) ?? []
      if (from.startsWith('.')) follow(join(dirname(file), from))
      else if (folder) follow(join(at[folder] as string, rest))
      else if (from && !from.startsWith('node:'))
        packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] as string)
    }
  }
  for (const entry of ['main', 'serve', 'administer']) follow(`server/${entry}.ts`)
  expect(packages).toContain('hono')
  expect([...packages].filter((name) => !(name in dependencies))).toEqual([])
})
