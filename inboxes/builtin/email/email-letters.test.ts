import { describe, expect, test } from 'vitest'
import { grace, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { emailInbox } from './email.ts'
import { deliverableAddress } from './mail-domain.ts'
import { comment, linus, mailAround, mailIssue, mailMembers } from './testing/mail-around.ts'

const { serve, around } = mailAround()
const graceAt = (email: string | null) =>
  mailMembers.map((member) =>
    member.id === grace ? { ...member, email } : { ...member, email: member.email },
  )

describe('a letter', () => {
  test('is one for a new issue that is given to three people, with its description', async () => {
    const server = await serve()
    const assigned = (memberId: string) => makeEvent('assigned', { memberId })
    const events = [assigned(grace), assigned(linus), comment('Please look')]
    const issue = { ...mailIssue(issueOne, 42, 'The export hangs'), description: 'It stops at 93 %.' }
    const context = around({ port: server.port, issues: [issue], events })
    expect(emailInbox.gatherMillis?.(context as never)).toBeGreaterThan(1_000)
    const deliveries = events.map((event) => makeDelivery(event, grace))
    expect(await emailInbox.handleTogether?.(deliveries, context)).toMatchObject({ kind: 'done' })
    expect(server.mails).toHaveLength(1)
    expect(server.mails[0]?.part('text/plain')).toContain('> It stops at 93 %.')
  })

  test('is a whole HTML document that says its language, and its subject turns no text around', async () => {
    const server = await serve()
    const event = comment('Hello')
    const issue = mailIssue(issueOne, 42, 'Pay \u202e001 \u2066EUR')
    await emailInbox.handle(
      makeDelivery(event, grace),
      around({ port: server.port, issues: [issue], events: [event] }),
    )
    const [mail] = server.mails
    expect(mail?.header('subject')).toBe('[DOC-42] Pay 001 EUR')
    expect(mail?.part('text/html')).toMatch(
      /^<!doctype html>\s*<html lang="en">\s*<head><meta charset="utf-8">[\s\S]*<title>.*<\/title><\/head>\s*<body[\s\S]*<\/body>\s*<\/html>/,
    )
  })

  test('says where to hear no more also where it is about several issues', async () => {
    const server = await serve()
    const other = '00000000-0000-7000-8003-0000000000f2'
    const events = [comment('One'), comment('Two', other)]
    const issues = [mailIssue(issueOne, 42, 'One'), mailIssue(other, 43, 'Two')]
    const deliveries = events.map((event) => makeDelivery(event, grace))
    await emailInbox.handleTogether?.(deliveries, around({ port: server.port, issues, events }))
    expect(server.mails[0]?.header('list-unsubscribe')).toBe('<docket://inbox>')
  })
})

describe('an address in other letters', () => {
  test('goes out with its domain in punycode', async () => {
    const server = await serve()
    const event = comment('Hello')
    const context = around({ port: server.port, events: [event], people: graceAt('grace@bücher.example') })
    expect(await emailInbox.handle(makeDelivery(event, grace), context)).toEqual({
      kind: 'done',
      detail: 'localhost took the mail to grace@xn--bcher-kva.example.',
    })
    // The server shows people the letters again.
    expect(server.mails[0]?.to).toEqual(['grace@bücher.example'])
  })

  test('before the @ is refused clearly by a server that does not take it, and goes out to one that does', async () => {
    const event = comment('Hello')
    const people = graceAt('gräce@bücher.example')
    const plain = await serve({ options: { hideSMTPUTF8: true } })
    const refused = await emailInbox.handle(
      makeDelivery(event, grace),
      around({ port: plain.port, events: [event], people }),
    )
    expect(refused).toMatchObject({
      kind: 'give_up',
      why: expect.stringMatching(/offers no SMTPUTF8.*gräce@xn--bcher-kva\.example/),
    })
    expect(plain.mails).toEqual([])
    const able = await serve()
    expect(
      await emailInbox.handle(
        makeDelivery(event, grace),
        around({ port: able.port, events: [event], people }),
      ),
    ).toMatchObject({ kind: 'done' })
    expect(able.mails).toHaveLength(1)
  })

  test.each([
    ['grace@例え.テスト', 'grace@xn--r8jz45g.xn--zckzah'],
    ['grace@example.org', 'grace@example.org'],
    ['grace', undefined],
    ['grace@localhost', undefined],
    ['gr ace@example.org', undefined],
    ['grace@ex<script>.org', undefined],
    ['grace@example.org, bob@example.org', undefined],
  ])('%s is %s', (typed, sent) => expect(deliverableAddress(typed)).toBe(sent))
})

test('says that nobody has an address, and nothing where somebody has', () => {
  const of = (people: typeof mailMembers) => emailInbox.unheard?.(around({ port: 1, people }) as never)
  expect(of(mailMembers)).toBeUndefined()
  expect(of(mailMembers.map((member) => ({ ...member, email: null })))).toMatch(
    /^Nobody has an e-mail address/,
  )
})
