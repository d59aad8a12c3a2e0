import { describe, expect, test } from 'vitest'
import { contextFor } from '../../testing/inbox-context.ts'
import { ada, grace, idOf, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { emailInbox } from './email.ts'
import { comment, exportHangs, linus, mailAround, mailIssue, mailMembers } from './testing/mail-around.ts'
import { mailUser } from './testing/mail-server.ts'

const { serve, around } = mailAround()

describe('whom it writes to', () => {
  test('everybody whom the change concerns and who has an address, except who made it', () => {
    const event = comment('It hangs again.')
    expect(emailInbox.targets?.(event, around({ port: 1, events: [event] }))).toEqual([grace, linus])
  })

  test('whoever muted the issue while the mail waited is not written to', async () => {
    const server = await serve()
    const event = comment('Anyone?')
    const muted = makeEvent('muted', { memberId: grace }, { actorId: grace })
    const outcome = await emailInbox.handle(
      makeDelivery(event, grace),
      around({ port: server.port, events: [event, muted] }),
    )
    expect(outcome).toEqual({ kind: 'skip', why: 'Grace has muted this since.' })
    expect(server.mails).toEqual([])
  })

  test('a rule that the recipient set off themselves is not told to them', () => {
    const cause = makeEvent(
      'status_changed',
      { from: 'open', to: 'resolved', transition: 'resolve' },
      { actorId: grace },
    )
    const byRule = makeEvent(
      'commented',
      { commentId: idOf(0xc1), body: 'Thank you.' },
      { metadata: { triggeredBy: 'automation', causationId: cause.id } },
    )
    expect(emailInbox.targets?.(byRule, around({ port: 1, events: [cause, byRule] }))).toEqual([ada, linus])
  })
})

describe('a mail', () => {
  test.each([
    ['STARTTLS', false, 'starttls'],
    ['TLS', true, 'tls'],
  ])('goes out over %s, signed in, with text and HTML', async (_name, secure, security) => {
    const server = await serve({ secure })
    const event = comment('It <b>hangs</b>\nagain & again.')
    const delivery = makeDelivery(event, grace)
    const context = around({ port: server.port, settings: { security }, events: [event] })
    expect(await emailInbox.handle(delivery, context)).toEqual({
      kind: 'done',
      detail: 'localhost took the mail to grace@example.org.',
    })
    const [mail] = server.mails
    expect(mail).toMatchObject({ to: ['grace@example.org'], tls: true, user: mailUser })
    expect(mail?.header('subject')).toBe('[DOC-42] The export hangs')
    expect(mail?.header('from')).toBe('"Ada (Docket)" <docket@example.net>')
    expect(mail?.header('to')).toBe('Grace <grace@example.org>')
    expect(mail?.header('auto-submitted')).toBe('auto-generated')
    expect(mail?.header('list-unsubscribe')).toBe('<docket://issue/DOC-42>')
    expect(mail?.part('text/plain')).toContain(
      'Ada commented on DOC-42:\r\n\r\n> It <b>hangs</b>\r\n> again & again.',
    )
    expect(mail?.part('text/plain')).toContain('because you are subscribed to this issue')
    expect(mail?.part('text/plain')).toContain('choose Mute')
    const html = mail?.part('text/html') ?? ''
    expect(html).toContain('It &lt;b&gt;hangs&lt;/b&gt;')
    expect(html).not.toContain('<b>')
    expect(html).not.toMatch(/https?:|src=/)
  })

  test('about one issue belongs to one thread; each has an id of its own that is the same at every attempt', async () => {
    const server = await serve()
    const events = [comment('First'), comment('Second')]
    const context = around({ port: server.port, events })
    const deliveries = events.map((event) => makeDelivery(event, grace))
    for (const delivery of [...deliveries, ...deliveries.slice(0, 1)])
      await emailInbox.handle(delivery, context)
    const [first, second, again] = server.mails
    expect(first?.header('references')).toBe(`<${issueOne}@${idOf(0xc1)}.docket>`)
    expect(second?.header('references')).toBe(first?.header('references'))
    expect(second?.header('in-reply-to')).toBe(first?.header('references'))
    expect(first?.header('message-id')).toBe(`<${deliveries[0]?.key}@example.net>`)
    expect(second?.header('message-id')).not.toBe(first?.header('message-id'))
    expect(again?.header('message-id')).toBe(first?.header('message-id'))
  })

  test('gets no header from a title or a name, whatever they hold', async () => {
    const server = await serve()
    const nasty = 'Hi\r\nBcc: victim@example.org\r\n\r\nbody\u0000\u2028Bcc: x'
    const people = mailMembers.map((member) => ({
      ...member,
      name: `${member.name}\r\nBcc: victim@example.org`,
    }))
    const event = comment('Hello')
    const outcome = await emailInbox.handle(
      makeDelivery(event, grace),
      around({ port: server.port, issues: [{ ...exportHangs, title: nasty }], events: [event], people }),
    )
    expect(outcome.kind).toBe('done')
    const [mail] = server.mails
    expect(mail?.to).toEqual(['grace@example.org'])
    expect(mail?.headers.has('bcc')).toBe(false)
    expect([...(mail?.headers.keys() ?? [])].toSorted()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'in-reply-to',
      'list-id',
      'list-unsubscribe',
      'message-id',
      'mime-version',
      'references',
      'subject',
      'to',
    ])
    expect(mail?.header('subject')).toBe('[DOC-42] Hi Bcc: victim@example.org body Bcc: x')
  })

  test.each([
    'grace@example.org\r\nRCPT TO:<victim@example.org>',
    'grace@example.org, victim@example.org',
    'nobody',
  ])('is not sent to the address %j', async (email) => {
    const server = await serve()
    const event = comment('Hello')
    const people = mailMembers.map((member) => (member.id === grace ? { ...member, email } : member))
    const context = around({ port: server.port, events: [event], people })
    expect(await emailInbox.handle(makeDelivery(event, grace), context)).toMatchObject({ kind: 'give_up' })
    expect(server.mails).toEqual([])
  })
})

const issueTwo = idOf(0x1002)

describe('a digest', () => {
  test('gathers for as long as is said, and a few seconds otherwise', () => {
    expect(emailInbox.gatherMillis?.(around({ port: 1 }))).toBe(5_000)
    const digest = around({ port: 1, settings: { mode: 'digest', digestMinutes: 15 } })
    expect(emailInbox.gatherMillis?.(digest)).toBe(900_000)
  })

  test('is one mail, issue by issue', async () => {
    const server = await serve()
    const events = [
      comment('One'),
      makeEvent('title_changed', { from: 'Slow', to: 'Slow list' }, { streamId: issueTwo }),
      comment('Two'),
    ]
    const context = around({
      port: server.port,
      settings: { mode: 'digest' },
      issues: [exportHangs, mailIssue(issueTwo, 43, 'Slow')],
      events,
    })
    const deliveries = events.map((event) => makeDelivery(event, grace))
    expect((await emailInbox.handleTogether?.(deliveries, context))?.kind).toBe('done')
    expect(server.mails).toHaveLength(1)
    const [mail] = server.mails
    expect(mail?.header('subject')).toBe('3 changes on 2 issues in Test')
    expect(mail?.headers.has('references')).toBe(false)
    const text = mail?.part('text/plain') ?? ''
    const order = ['[DOC-42] The export hangs', '> One', '> Two', '[DOC-43] Slow list', 'renamed DOC-43']
    expect(order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b)).toEqual(
      order.map((part) => text.indexOf(part)),
    )
    expect(order.every((part) => text.includes(part))).toBe(true)
  })

  test('of one issue stays in its thread', async () => {
    const server = await serve()
    const events = [comment('One'), comment('Two')]
    const context = around({ port: server.port, settings: { mode: 'digest' }, events })
    await emailInbox.handleTogether?.(
      events.map((event) => makeDelivery(event, grace)),
      context,
    )
    expect(server.mails[0]?.header('subject')).toBe('[DOC-42] The export hangs')
    expect(server.mails[0]?.header('references')).toContain(issueOne)
  })
})

describe('settings', () => {
  const problems = (settings: unknown) =>
    emailInbox.settings.safeParse(settings).error?.issues.map(({ message }) => message)

  test('without encryption only this machine is written to', async () => {
    expect(problems({ host: 'mail.example.org', security: 'none' })).toEqual([
      'Without encryption anybody on the way could read the mail and the password, so that is only for a server on this machine. Choose STARTTLS or TLS.',
    ])
    expect(problems({ host: '127.0.0.1', security: 'none' })).toBeUndefined()
    expect(problems({ host: '10.0.0.1', security: 'none' })).toHaveLength(1)
    const server = await serve({ open: true })
    const event = comment('Hi')
    const context = around({ port: server.port, events: [event], settings: { security: 'none', user: '' } })
    expect((await emailInbox.handle(makeDelivery(event, grace), context)).kind).toBe('done')
    expect(server.mails[0]?.tls).toBe(false)
  })

  test('it waits until it is told the server, the sender and the password', () => {
    const missing = (settings: unknown) => emailInbox.notReady?.(contextFor(emailInbox, { settings }))
    expect(missing({})).toBe('Enter the mail server.')
    expect(missing({ host: 'mail.example.org' })).toContain('sender')
    const whole = { host: 'mail.example.org', from: 'docket@example.org' }
    expect(missing({ ...whole, user: 'docket' })).toBe('Enter the password of docket.')
    expect(missing(whole)).toBeUndefined()
  })

  test.each([
    [{ host: 'https://mail.example.org' }, 'host name'],
    [{ port: 0 }, 'between 1 and 65535'],
    [{ from: 'Docket' }, 'e-mail address'],
    [{ ca: 'hello' }, 'BEGIN CERTIFICATE'],
    [{ digestMinutes: 0 }, 'at least a minute'],
  ])('%j is refused with a sentence', (settings, sentence) => {
    expect(problems(settings)).toEqual([expect.stringContaining(sentence)])
  })

  test('the test button sends a mail to whoever sits here', async () => {
    const server = await serve()
    expect((await emailInbox.test?.(around({ port: server.port })))?.kind).toBe('done')
    expect(server.mails[0]?.to).toEqual(['ada@example.org'])
  })
})
