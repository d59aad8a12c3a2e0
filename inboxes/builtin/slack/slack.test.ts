import type { SectionBlock } from '@slack/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { placeOfLink } from '../../../src/main/deep-links.ts'
import { bug, describedWorkspace, website } from '../../testing/described-workspace.ts'
import { answering, type HttpReceiver, httpReceiver } from '../../testing/http-receiver.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { grace, idOf, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { slack } from './slack.ts'
import { escapedUpTo, type SlackMessage, slackMessage } from './slack-message.ts'

let receiver: HttpReceiver
const path = '/services/T000/B000/XXXXXXXXXXXXXXXX'
beforeEach(async () => {
  receiver = await httpReceiver()
  receiver.answer(answering(200, 'ok'))
})
afterEach(() => receiver.close())

const moved = makeEvent('status_changed', { from: 'open', to: 'in_progress', transition: 'start' })
type Given = Parameters<typeof contextFor>[1]
const given = (routes: readonly object[], settings: object = {}, more: Given = {}) =>
  contextFor(slack, {
    settings: { routes: routes.map((route) => ({ id: 'dev', name: '#dev', ...route })), ...settings },
    secrets: { 'url:dev': `${receiver.url}${path}` },
    ...more,
  })
const deliver = (event = moved, context = given([{}])) => slack.handle(makeDelivery(event, 'dev'), context)
const posted = (): SlackMessage => JSON.parse(receiver.received[0]?.body ?? '{}')
const textsOf = ({ blocks }: SlackMessage): string[] =>
  blocks.flatMap((block) => {
    if (block.type === 'section') return [(block as SectionBlock).text?.text ?? '']
    return block.type === 'context' ? block.elements.map((each) => ('text' in each ? each.text : '')) : []
  })

describe('a message to Slack', () => {
  it('names the issue with a link that Docket opens, what happened, and how the issue is now', async () => {
    const events = [makeEvent('assigned', { memberId: grace }), makeEvent('labeled', { labelId: bug }), moved]
    expect(await deliver(moved, given([{}], {}, { workspace: { events } }))).toMatchObject({ kind: 'done' })
    expect(posted().text).toBe('Ada moved DOC-42 to In progress')
    expect(textsOf(posted())).toEqual([
      '*<docket://issue/DOC-42|DOC-42>* The export hangs',
      'Ada moved DOC-42 to In progress',
      'In progress',
      'Grace',
      'bug',
    ])
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path })
    const link = /<([^|]+)\|/.exec(textsOf(posted())[0] ?? '')?.[1] ?? ''
    expect(placeOfLink(link)).toBe('/issue/DOC-42')
  })

  it('links to an issue without a number yet', () => {
    const workspace = describedWorkspace({ issues: [{ id: issueOne, exists: true, status: 'open' }] })
    const link = /<([^|]+)\|/.exec(textsOf(slackMessage(moved, workspace))[0] ?? '')?.[1] ?? ''
    expect(placeOfLink(link)).toMatch(/^\/issue\/DOC-/)
  })

  it('quotes a comment, and nothing in it becomes a mention or a link', () => {
    const body = 'See <!channel> & <@U123>\n<https://evil.example|docs>'
    const event = makeEvent('commented', { commentId: idOf(5), body })
    const message = slackMessage(event, describedWorkspace({ events: [event] }))
    expect(textsOf(message)[2]).toBe(
      '>See &lt;!channel&gt; &amp; &lt;@U123&gt;\n>&lt;https://evil.example|docs&gt;',
    )
    expect(message.text).toContain('&lt;!channel&gt;')
    for (const block of message.blocks)
      if (block.type === 'section') expect((block as SectionBlock).text).toMatchObject({ verbatim: true })
  })

  it.each([
    ['plain', 'word '.repeat(200_000)],
    ['all signs to escape', '&<>'.repeat(300_000)],
    ['nothing but lines', '\n&'.repeat(300_000)],
  ])('keeps the limits of Block Kit with a comment of a megabyte, %s', (_name, body) => {
    const event = makeEvent('commented', { commentId: idOf(5), body })
    const title = '<'.repeat(500)
    const labels = Array.from({ length: 60 }, (_, at) => ({
      id: idOf(0x700 + at),
      name: '&'.repeat(500),
      colour: '#5e6ad2',
    }))
    const workspace = describedWorkspace({
      labels,
      issues: [
        { id: issueOne, exists: true, number: 1, status: 'open', title, labels: labels.map(({ id }) => id) },
      ],
    })
    const message = slackMessage(event, workspace)
    for (const text of textsOf(message)) {
      expect(text.length).toBeGreaterThan(0)
      expect(text.length).toBeLessThanOrEqual(3_000)
      expect(text.replace(/&(amp|lt|gt);/g, '')).not.toContain('&')
    }
    expect(message.text.length).toBeLessThanOrEqual(3_000)
    expect(message.blocks.length).toBeLessThanOrEqual(50)
  })

  it('cuts an escaped text without cutting an entity', () => {
    for (let limit = 0; limit < 40; limit++) {
      const cut = escapedUpTo('a & b < c > d && e'.repeat(3), limit)
      expect(cut.length).toBeLessThanOrEqual(limit)
      expect(cut.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
    }
  })

  it('of something that is no issue is one sentence', () => {
    const event = makeEvent(
      'workspace_renamed',
      { from: 'a', to: 'b' },
      { streamType: 'workspace', streamId: idOf(0xc1) },
    )
    const message = slackMessage(event, describedWorkspace())
    expect(textsOf(message)).toEqual(['Ada renamed the workspace to b'])
  })
})

describe('routing', () => {
  const routed = (settings: object, event = moved, routes?: readonly object[]) => {
    const context = given(
      routes ?? [{ id: 'bugs', query: 'label:bug' }, { id: 'open', query: 'is:open' }, { id: 'rest' }],
      settings,
      { workspace: { events: [makeEvent('labeled', { labelId: bug }), moved] } },
    )
    return slack.shouldProcess(event, context) ? slack.targets?.(event, context) : []
  }

  it('goes to the first channel that matches, or to each that does', () => {
    expect(routed({})).toEqual(['bugs'])
    expect(routed({ everyRoute: true })).toEqual(['bugs', 'open', 'rest'])
    expect(routed({}, moved, [{ id: 'closed', query: 'is:closed' }, { id: 'rest' }])).toEqual(['rest'])
  })

  it('goes by project to one channel and by label to another', () => {
    const routes = [
      { id: 'site', query: 'project:website' },
      { id: 'bugs', query: 'label:bug' },
    ]
    const ofProject = makeEvent('project_changed', { from: null, to: website })
    const ofLabel = makeEvent('labeled', { labelId: bug })
    const channelsOf = (event: typeof moved, events: readonly (typeof moved)[]) =>
      slack.targets?.(event, given(routes, { everyRoute: true }, { workspace: { events } }))
    expect(channelsOf(ofProject, [ofProject])).toEqual(['site'])
    expect(channelsOf(ofLabel, [ofLabel])).toEqual(['bugs'])
    expect(channelsOf(moved, [ofProject, ofLabel, moved])).toEqual(['site', 'bugs'])
    expect(channelsOf(moved, [moved])).toEqual([])
  })

  it('leaves out looking and subscribing unless they were asked for', () => {
    const viewed = makeEvent('viewed')
    expect(routed({}, viewed)).toEqual([])
    expect(routed({}, viewed, [{ id: 'views', types: ['viewed'] }])).toEqual(['views'])
  })

  it('a query that can’t be used does not keep the message from the next channel', () => {
    expect(routed({}, moved, [{ id: 'broken', query: 'label:gone' }, { id: 'rest' }])).toEqual([
      'broken',
      'rest',
    ])
  })

  it('a channel that is switched off gets nothing', () => {
    expect(routed({}, moved, [{ id: 'off', enabled: false }])).toEqual([])
  })
})

describe('what Slack answers', () => {
  it('429 leaves the channel alone until Slack says so', async () => {
    receiver.answer(answering(429, 'rate_limited', { 'retry-after': '30' }))
    expect(await deliver()).toMatchObject({ kind: 'closed', afterMillis: 30_000 })
  })

  it.each([
    [
      404,
      'no_service',
      'Slack does not know this webhook any more. Make a new one in Slack and enter its address.',
    ],
    [404, 'channel_not_found', 'The channel of this webhook is not in Slack any more.'],
    [410, 'channel_is_archived', 'The channel of this webhook is archived in Slack.'],
    [403, 'action_prohibited', 'An administrator of Slack does not let this webhook post.'],
    [400, 'invalid_payload', 'Slack could not read the message.'],
  ])('%i %s is given up with a sentence', async (status, text, why) => {
    receiver.answer(answering(status, text))
    expect(await deliver()).toMatchObject({ kind: 'give_up', why })
  })

  it('500 is tried again, whatever it says', async () => {
    receiver.answer(answering(500, 'rollup_error'))
    expect(await deliver()).toMatchObject({ kind: 'retry' })
  })

  it('never shows the address, which is the secret', async () => {
    receiver.answer((response) =>
      response.writeHead(400).end(`no such hook: ${path} at ${receiver.url}${path}`),
    )
    const outcome = await deliver()
    expect(outcome).toMatchObject({ kind: 'give_up', why: expect.stringContaining('no such hook: •••') })
    expect(JSON.stringify(outcome)).not.toContain('XXXX')
  })
})

it('a channel that was removed, or has no address, says so', async () => {
  expect(await deliver(moved, given([]))).toEqual({ kind: 'give_up', why: 'This channel was removed.' })
  expect(await deliver(moved, given([{}], {}, { secrets: {} }))).toEqual({
    kind: 'hold',
    why: '#dev has no webhook address. Enter it in the settings.',
  })
})

it('the test button posts a message', async () => {
  expect(await slack.test?.(given([{}]), 'dev')).toMatchObject({ kind: 'done' })
  expect(posted().text).toBe('A test from Docket (Test): this channel works.')
})
