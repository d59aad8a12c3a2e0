import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Made by running something, and not in the repository. */
const made = ['bench/results/']
const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md']
const textOf = (page: string) => readFileSync(join(root, page), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

describe.each(pages)('%s', (page) => {
  const code = [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, inside]) => inside as string)

  test('names files and folders that are there', () => {
    const paths = code.filter((text) =>
      /^(src|db|inboxes|server|e2e|bench|docs|scripts|\.ci)\/[\w./-]*$/.test(text),
    )
    const links = [...textOf(page).matchAll(/\]\(([^)#:\s]+)\)/g)].map(([, to]) => to as string)
    expect(
      [...paths, ...links].filter((path) => !made.includes(path) && !existsSync(join(root, path))),
    ).toEqual([])
  })

  test('names scripts that can be run', () => {
    const named = [...textOf(page).matchAll(/npm (?:run )?([a-z0-9]+)/g)].map(([, name]) => name as string)
    expect(named.filter((name) => !(name in scripts) && name !== 'ci' && name !== 'install')).toEqual([])
  })
})

test('each room of the architecture is said, and none that is not there', () => {
  const said = textOf('ARCHITECTURE.md')
  for (const room of [
    'src/core',
    'src/contract',
    'src/app',
    'src/main',
    'src/preload',
    'src/web',
    'src/cli',
    'src/renderer',
    'db',
    'inboxes',
    'server',
  ])
    expect(said, room).toContain(`\`${room}/\``)
})
