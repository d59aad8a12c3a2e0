import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bug, describedWorkspace } from '../../testing/described-workspace.ts'
import { answering, type HttpReceiver, httpReceiver } from '../../testing/http-receiver.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { grace, idOf, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { discordInbox } from './discord.ts'
import {
  type DiscordMessage,
  discordLimits,
  discordMessage,
  discordSummary,
  escapeDiscord,
} from './discord-message.ts'

let receiver: HttpReceiver
let discord = discordInbox()
let now: number
const path = '/api/webhooks/1045678901234567890/aaaaaaaaaaaaaaaaaaaaaaaa'
const json = { 'content-type': 'application/json' }
beforeEach(async () => {
  discord = discordInbox()
  now = Date.UTC(2026, 10, 30)
  receiver = await httpReceiver()
  receiver.answer(answering(200, '{"id":"1"}', json))
})
afterEach(() => receiver.close())

const moved = makeEvent('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })
type Given = Parameters<typeof contextFor>[1]
const given = (route: object = {}, settings: object = {}, more: Given = {}) =>
  contextFor(discord, {
    settings: { routes: [{ id: 'dev', name: '#dev', ...route }], ...settings },
    secrets: { 'url:dev': `${receiver.url}${path}` },
    now: () => now,
    ...more,
  })
const deliver = (context = given(), event = moved) => discord.handle(makeDelivery(event, 'dev'), context)
const posted = (at = 0): DiscordMessage => JSON.parse(receiver.received[at]?.body ?? '{}')
const comment = (body: string) => makeEvent('commented', { commentId: idOf(5), body })
/** What Discord counts of a message. */
const lengthOf = ({ embeds }: DiscordMessage): number =>
  embeds
    .flatMap(({ title, description, author, fields = [] }) => [
      title,
      description,
      author?.name,
      ...fields.flatMap(({ name, value }) => [name, value]),
    ])
    .reduce((all, text) => all + (text?.length ?? 0), 0)

describe('a message to Discord', () => {
  it('names issue, actor and state in an embed, and tells nobody by a mention', async () => {
    const events = [makeEvent('assigned', { memberId: grace }), makeEvent('labeled', { labelId: bug }), moved]
    const context = given({}, { webAddress: 'https://docket.example.org' }, { workspace: { events } })
    expect(await deliver(context)).toMatchObject({ kind: 'done' })
    const [embed] = posted().embeds
    expect(embed).toMatchObject({
      title: 'DOC-42 The export hangs',
      url: 'https://docket.example.org/#/issue/DOC-42',
      author: { name: 'Ada' },
      description: 'Ada moved DOC-42 to In progress',
      color: 0xd29922,
    })
    expect(embed?.fields?.map(({ name, value }) => [name, value])).toEqual([
      ['Status', 'In progress'],
      ['Assignees', 'Grace'],
      ['Labels', 'bug'],
    ])
    expect(posted().allowed_mentions).toEqual({ parse: [] })
    expect(receiver.received[0]?.path).toBe(`${path}?wait=true`)
  })

  it('names the app’s own link as text where no browser finds the workspace, for Discord refuses such an address', async () => {
    await deliver()
    expect(posted().embeds[0]).not.toHaveProperty('url')
    expect(posted().embeds[0]?.fields?.at(-1)).toMatchObject({ name: 'Link', value: 'docket://issue/DOC-42' })
  })

  it.each([
    ['@everyone and @HERE', '@\u200beveryone and @\u200bHERE'],
    ['<@123> <@&4> <#5>', '\\<@123\\> \\<@&4\\> \\<#5\\>'],
    [
      '`code` **bold** ~~gone~~ ||spoiler||',
      '\\`code\\` \\*\\*bold\\*\\* \\~\\~gone\\~\\~ \\|\\|spoiler\\|\\|',
    ],
    ['[docs](https://evil.example)', '\\[docs\\]\\(https://evil.example\\)'],
    ['# Title\n- item', '\\# Title\n\\- item'],
    ['a\\', 'a\\\\'],
  ])('shows %s as it was written', (text, escaped) => {
    expect(escapeDiscord(text)).toBe(escaped)
  })

  it('keeps to every limit, whatever was written', () => {
    const issue = { exists: true, status: 'open', number: 42, id: moved.streamId, authorId: moved.actorId }
    for (const text of [
      '`'.repeat(20_000),
      'word '.repeat(5_000),
      '\n'.repeat(9_000),
      `@everyone ${'😀'.repeat(9_000)}`,
    ]) {
      const workspace = describedWorkspace({
        issues: [{ ...issue, title: text.slice(0, 400).trim() || 'x' }],
      })
      const one = discordMessage(comment(text), workspace)
      const [embed] = one.embeds
      expect(embed?.title?.length).toBeLessThanOrEqual(discordLimits.title)
      expect(embed?.description?.length).toBeLessThanOrEqual(discordLimits.description)
      expect(lengthOf(one)).toBeLessThanOrEqual(discordLimits.total)
      const many = discordSummary(
        Array.from({ length: 40 }, () => comment(text)),
        workspace,
      )
      expect(many.embeds).toHaveLength(discordLimits.embeds)
      expect(many.embeds.at(-1)?.description).toBe('and 31 more changes')
      expect(lengthOf(many)).toBeLessThanOrEqual(discordLimits.total)
    }
  })

  it('goes to a thread where one is given', async () => {
    await deliver(given({ thread: '1045678901234567891' }))
    expect(receiver.received[0]?.path).toBe(`${path}?wait=true&thread_id=1045678901234567891`)
    expect(discord.settings.safeParse({ routes: [{ id: 'a', name: 'a', thread: 'general' }] }).success).toBe(
      false,
    )
  })

  it('waits for an address, and shows none in what it says', async () => {
    expect(await deliver(given({}, {}, { secrets: {} }))).toMatchObject({ kind: 'hold' })
    receiver.answer((response, { path: asked }) => void response.writeHead(400).end(`bad ${asked}`))
    const outcome = await deliver()
    expect(outcome).toMatchObject({ kind: 'give_up' })
    expect(JSON.stringify(outcome)).not.toContain('aaaaaaaa')
  })

  it('of several events is one message', async () => {
    const deliveries = [moved, comment('So be it'), moved].map((event) => makeDelivery(event, 'dev'))
    expect(await discord.handleTogether?.(deliveries, given())).toMatchObject({ kind: 'done' })
    expect(receiver.received).toHaveLength(1)
    expect(posted().embeds).toHaveLength(3)
  })
})

describe('the limits of Discord', () => {
  const limited = (status: number, headers: Record<string, string>, body: object = {}) =>
    receiver.answer(answering(status, JSON.stringify(body), { ...json, ...headers }))

  it('are kept before anything is refused: a bucket that is used up is left alone', async () => {
    limited(200, {
      'x-ratelimit-bucket': 'b',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': '1.5',
    })
    expect(await deliver()).toMatchObject({ kind: 'done' })
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 1_500 })
    expect(receiver.received).toHaveLength(1)
    now += 1_500
    expect(await deliver()).toMatchObject({ kind: 'done' })
    expect(receiver.received).toHaveLength(2)
  })

  it('are waited for after a refusal, to the millisecond that the body says', async () => {
    limited(429, { 'retry-after': '3', 'x-ratelimit-scope': 'user' }, { retry_after: 2.25, global: false })
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 2_250 })
    limited(200, {})
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 2_250 })
    now += 2_250
    expect(await deliver()).toMatchObject({ kind: 'done' })
  })

  it('last no longer than an hour, whatever the answer says', async () => {
    limited(429, {}, { retry_after: 1e308, global: true })
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 3_600_000 })
    limited(200, {})
    now += 3_600_000
    expect(await deliver()).toMatchObject({ kind: 'done' })
  })

  it('of everything hold every webhook; those of one hold no other', async () => {
    const other = (more: Given = {}) =>
      deliver(
        given({}, {}, { secrets: { 'url:dev': `${receiver.url}/api/webhooks/99/bbbbbbbbbbbb` }, ...more }),
      )
    limited(429, {}, { retry_after: 1, global: false })
    await deliver()
    limited(200, {})
    expect(await other()).toMatchObject({ kind: 'done' })
    limited(429, { 'x-ratelimit-global': 'true' }, { retry_after: 4, global: true })
    expect(await other()).toMatchObject({ kind: 'closed', afterMillis: 4_000 })
    now += 2_000
    limited(200, {})
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 2_000 })
  })

  it('are read from a proxy’s answer too, which is no JSON', async () => {
    receiver.answer(answering(429, '<html>slow down</html>', { 'retry-after': '7' }))
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 7_000 })
  })
})

describe('a webhook that was taken away', () => {
  it.each([
    [404, { code: 10015, message: 'Unknown Webhook' }],
    [401, { code: 50027, message: 'Invalid Webhook Token' }],
    [404, {}],
  ])('closes its channel: %s %j', async (status, body) => {
    receiver.answer(answering(status, JSON.stringify(body), json))
    expect(await deliver()).toMatchObject({ kind: 'give_up', gone: true })
    const settings = discord.settings.parse({
      routes: [{ id: 'dev', name: '#dev' }],
      webAddress: 'https://a.example/',
    })
    expect(discord.withoutTarget?.(settings, 'dev')).toMatchObject({
      routes: [{ enabled: false }],
      webAddress: 'https://a.example/',
    })
  })

  it('is told apart from a channel or thread that is gone, and from a server that is ill', async () => {
    receiver.answer(answering(404, '{"code":10003}', json))
    const outcome = await deliver()
    expect(outcome).toMatchObject({ kind: 'give_up' })
    expect(outcome).not.toHaveProperty('gone')
    receiver.answer(answering(502))
    expect(await deliver()).toMatchObject({ kind: 'retry' })
  })
})

it('a test posts something harmless', async () => {
  expect(await discord.test?.(given(), 'dev')).toMatchObject({ kind: 'done' })
  expect(posted().embeds[0]?.description).toContain('this channel works')
  expect(await discord.test?.(given(), 'gone')).toMatchObject({ kind: 'give_up' })
})
