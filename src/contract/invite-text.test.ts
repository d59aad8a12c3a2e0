import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatInvite, parseInvite } from './invite-text.ts'

it('an invite is read as it was written, however a mail broke and quoted it', () => {
  fc.assert(
    fc.property(
      fc.webUrl(),
      fc.uuid(),
      fc.stringMatching(/^[\w-]{8,40}$/),
      fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
      fc.nat(200),
      (url, workspaceId, code, secret, at) => {
        const key = secret === undefined ? undefined : `1:${secret}`
        const invite = { url, workspaceId, code, ...(key === undefined ? {} : { key }) }
        const text = formatInvite(invite)
        expect(parseInvite(text)).toEqual(invite)
        const cut = at % text.length
        expect(parseInvite(`  “${text.slice(0, cut)}\r\n ${text.slice(cut)}”\n`)).toEqual(invite)
      },
    ),
  )
})

it('a bare code is one, and anything else is nothing', () => {
  expect(parseInvite('abcdefgh-1234')).toEqual({ code: 'abcdefgh-1234' })
  for (const text of [
    '',
    'hello you',
    'docket-invite:',
    'docket-invite:%%%',
    'docket-invite:e30',
    'docket-invite:bnVsbA',
  ])
    expect(parseInvite(text)).toBeUndefined()
  fc.assert(fc.property(fc.string(), (text) => void parseInvite(`docket-invite:${text}`)))
})
