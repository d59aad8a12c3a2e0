import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkspace } from '#app/testing/temporary-workspace.ts'
import { formatInvite } from '#contract/invite-text.ts'
import { docket } from '../testing/run-docket.ts'
import { askForInvite, type Terminal } from './read-invite.ts'

const key = `1:${Buffer.alloc(32, 7).toString('base64')}`
const url = 'http://127.0.0.1:1'
const plain = formatInvite({ url, code: 'one-use-code' })
const withKey = formatInvite({ url, code: 'one-use-code', key })

/** Each of these is a few commands in processes of their own, on a machine that may have much else to do. */
const timeout = 240_000

describe('an invite on the command line', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-invite-'))
  beforeAll(() => makeWorkspace(folder))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const joining = (args: readonly string[], input?: string) =>
    docket(['sync', 'join', url, ...args, '--workspace', folder], input === undefined ? {} : { input })

  it('with a key in the arguments, or to begin encryption, is refused before anybody is asked', async () => {
    for (const args of [
      ['--invite', withKey],
      ['--invite', plain, '--encrypt'],
      ['--invite', `"${withKey}"`],
    ]) {
      const { code, stdout, stderr } = await joining(args)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^docket: .*arguments.*--invite -.* \[invite_exposed\]\n$/)
      expect(stderr).not.toContain('docket-invite:')
    }
  })

  it('comes by standard input, also as a mail has broken it, and in the arguments where it has no key', async () => {
    const broken = `${withKey.slice(0, 40)}\n${withKey.slice(40)}\n`
    // Nobody answers there: all of them got as far as asking.
    for (const [args, input] of [
      [['--invite', '-'], withKey],
      [['--invite', '-', '--encrypt'], broken],
      [['--invite', plain], ''],
    ] as const)
      expect(await joining(args, input)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('[server_away]'),
      })
  })

  it('is missed where nobody can be asked, and what is none is not said again', async () => {
    const none = await joining([])
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--invite -') })
    const cut = withKey.slice(0, -20)
    for (const [args, input] of [
      [['--invite', cut], ''],
      [['--invite', '-'], cut],
    ] as const) {
      const { code, stderr } = await joining(args, input)
      expect(code).toBe(2)
      expect(stderr).toContain('not a whole invite')
      expect(stderr).not.toContain(cut.slice(20, 40))
    }
  })
})

describe('the prompt for an invite', () => {
  /** A terminal on which that is typed or pasted. */
  function terminal(...typed: readonly string[]) {
    const said: string[] = []
    const raw: boolean[] = []
    const input = Object.assign(
      (async function* () {
        yield* typed
      })(),
      { setRawMode: (on: boolean) => raw.push(on), pause() {} },
    )
    const asked: Terminal = { input, output: { write: (text) => said.push(text) } }
    return { asked, said: () => said.join(''), raw }
  }

  it('shows nothing of what is typed, and gives the terminal back', async () => {
    const { asked, said, raw } = terminal(withKey, '\r')
    expect(await askForInvite(asked)).toBe(withKey)
    expect(said()).not.toContain(withKey.slice(14, 30))
    expect(raw).toEqual([true, false])
  })

  it('goes on over the line breaks of a mail until the invite is whole, and takes what is deleted back', async () => {
    const { asked } = terminal(
      `${withKey.slice(0, 50)}\r\n`.replace('\r\n', '\n'),
      `x\u007f${withKey.slice(50)}\n`,
      'more',
    )
    expect(await askForInvite(asked)).toBe(withKey)
    expect(await askForInvite(terminal('no invite\r', '\r').asked)).toBe('no invite')
  })

  it('ends with Ctrl-C and gives the terminal back', async () => {
    const { asked, raw } = terminal('docket-inv', '\u0003')
    await expect(askForInvite(asked)).rejects.toMatchObject({ refusal: { code: 'cancelled' } })
    expect(raw).toEqual([true, false])
  })
})
