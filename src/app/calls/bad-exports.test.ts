import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '#core/commands.ts'
import { docket } from '../../cli/testing/run-docket.ts'
import { newId } from '../commands/new-id.ts'
import { makeWorkspace, openedWorkspace, temporaryFolder } from '../testing/temporary-workspace.ts'

let folder: string
let remove: () => void
beforeEach(() => {
  ;({ folder, remove } = temporaryFolder())
  makeWorkspace(folder)
})
afterEach(() => remove())

describe('an export', () => {
  it('to a full disk fails in one line', async ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /dev/full here')
    const workspace = openedWorkspace(folder)
    workspace.commands.execute(command.parse({ type: 'create', issueId: newId(), title: 'Exported' }))
    workspace.close()
    const shell = spawn(
      'sh',
      [
        '-c',
        `"${process.execPath}" src/cli/main.ts export --format jsonl --workspace "${folder}" > /dev/full`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let stderr = ''
    shell.stderr.on('data', (text) => {
      stderr += text
    })
    const code = await new Promise((resolve) => shell.on('close', resolve))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^docket: [^\n]* \[disk_full\]\n$/),
    })
  })

  it('over a folder is refused', async () => {
    const ran = await docket(['export', '--format', 'csv', '--output', folder, '--workspace', folder])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/\[invalid_input\]\n$/)
  })
})
