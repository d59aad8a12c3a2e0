import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { mostRules } from '#core/rules/decide-rule.ts'
import { mostAtOnce } from '#core/rules/rule-hold.ts'
import { mostDepth, mostRuns } from '#core/rules/run-limits.ts'

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const page = readFileSync(root('docs/rules.md'), 'utf8')
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''

it('the examples of docs/rules.md are run as they stand in a new workspace, and work', async () => {
  const { folder, remove } = temporaryFolder()
  try {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    symlinkSync(root('docket'), join(bin, 'docket'))
    writeFileSync(join(folder, 'rule.json'), block('json'))
    const script = `set -e\ndocket init --member Ada >/dev/null\n${block('sh')}\ndocket rule add rule.json\ndocket rule list --json`
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      DOCKET_WORKSPACE: join(folder, 'new'),
    }
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: folder, env })
    expect(stdout).toContain('Made the label "triage"')
    expect(stdout).toContain('Made the label "later"')
    const { rules } = JSON.parse(stdout.slice(stdout.lastIndexOf('{"rules"')))
    expect(
      rules.map(
        ({ rule, problem, enabled }: { rule: { name: string }; problem: unknown; enabled: boolean }) => [
          rule.name,
          problem,
          enabled,
        ],
      ),
    ).toEqual([
      ['From a file', null, true],
      ['Stale', null, false],
      ['Triage', null, true],
    ])
  } finally {
    remove()
  }
}, 60_000)

it('the limits in docs/rules.md are those of the code', () => {
  for (const limit of [
    `may have ${mostRules} rules`,
    `more than ${mostAtOnce} issues at its first look`,
    `After ${mostDepth} changes in a row`,
    `one issue ${mostRuns} times within a minute`,
  ])
    expect(page.replace(/\s+/g, ' ')).toContain(limit)
})
