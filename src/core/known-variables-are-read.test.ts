import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { knownVariables } from './known-variables.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['src', 'inboxes', 'server', 'db', 'scripts', 'e2e', 'bench']
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ts|tsx|mjs|cjs)$/.test(file) && !/known-variables/.test(file))
    .map((file) => join(root, folder, file)),
)

it('the list of variables is those that are read, each once', () => {
  const used = new Set(
    [...files, join(root, 'compose.yaml')].flatMap(
      (file) => readFileSync(file, 'utf8').match(/\bDOCKET_[A-Z][A-Z_]*[A-Z]\b/g) ?? [],
    ),
  )
  expect([...used].sort()).toEqual(Object.keys(knownVariables).sort())
})
