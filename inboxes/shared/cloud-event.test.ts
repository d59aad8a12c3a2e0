import { type CloudEvent, HTTP } from 'cloudevents'
import { describe, expect, it } from 'vitest'
import { bug, describedWorkspace } from '../testing/described-workspace.ts'
import { ada, grace, idOf, issueOne, makeEvent, replica, testStart } from '../testing/made-events.ts'
import { cloudEvent, cloudEventType, largestCloudEvent, testCloudEvent } from './cloud-event.ts'

/** As the official SDK reads it from the wire; it throws where the event is not valid. */
function received(event: unknown): CloudEvent<Record<string, unknown>> {
  const body = JSON.stringify(event)
  const parsed = HTTP.toEvent({ headers: { 'content-type': cloudEventType }, body }) as CloudEvent<
    Record<string, unknown>
  >
  expect(parsed.validate()).toBe(true)
  return parsed
}
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('an event as a CloudEvent', () => {
  it('is what the official SDK reads, attribute by attribute', () => {
    const assigned = makeEvent('assigned', { memberId: grace })
    const labeled = makeEvent('labeled', { labelId: bug })
    const moved = makeEvent(
      'status_changed',
      { from: 'open', to: 'in_progress', transition: 'start' },
      { metadata: { triggeredBy: 'automation', causationId: labeled.id } },
    )
    const later = makeEvent('title_changed', { from: 'The export hangs', to: 'Another title' })
    const workspace = describedWorkspace({ events: [assigned, labeled, moved, later] })
    const parsed = received(cloudEvent(moved, workspace))
    expect(parsed).toMatchObject({
      id: moved.id,
      source: `urn:docket:workspace:${workspace.workspace().id}`,
      type: 'docket.issue.status_changed',
      subject: 'DOC-42',
      time: new Date(moved.occurredAt).toISOString(),
      replicaid: replica,
      replicaseq: moved.replicaSeq,
    })
    expect(parsed.data).toEqual({
      event: {
        id: moved.id,
        type: 'status_changed',
        schemaVersion: 1,
        streamType: 'issue',
        streamId: issueOne,
        version: moved.streamVersion,
        occurredAt: new Date(moved.occurredAt).toISOString(),
        triggeredBy: 'automation',
        causationId: labeled.id,
        data: { from: 'open', to: 'in_progress', transition: 'start' },
      },
      issue: {
        id: issueOne,
        key: 'DOC-42',
        externalKey: null,
        title: 'The export hangs',
        status: 'in_progress',
        statusName: 'In progress',
        statusCategory: 'doing',
        priority: 'none',
        dueDate: null,
        estimate: null,
        assignees: [{ id: grace, name: 'Grace', handle: 'grace' }],
        labels: ['bug'],
        project: null,
        archived: false,
        url: 'docket://issue/DOC-42',
      },
      actor: { id: ada, name: 'Ada', handle: 'ada' },
    })
  })

  it('says the version that the payload has been lifted to, not the one that was stored', () => {
    const created = makeEvent(
      'created',
      { title: 'Old', status: 'open' },
      { schemaVersion: 1, streamId: idOf(7) },
    )
    expect(cloudEvent(created, describedWorkspace()).data.event.schemaVersion).toBeGreaterThan(1)
  })

  it('of something that is no issue has no subject and no issue', () => {
    const event = makeEvent(
      'label_created',
      { name: 'x', colour: '#5e6ad2' },
      { streamType: 'label', streamId: idOf(8) },
    )
    const parsed = received(cloudEvent(event, describedWorkspace()))
    expect(parsed.subject).toBeUndefined()
    expect(parsed.data).toMatchObject({ issue: null })
  })

  it('never holds an e-mail address of a member', () => {
    const joined = makeEvent(
      'member_joined',
      { name: 'Grace', handle: 'grace', email: 'grace@example.org' },
      { streamType: 'member', streamId: grace },
    )
    const commented = makeEvent('commented', { commentId: idOf(9), body: 'Hello' }, { actorId: grace })
    const assigned = makeEvent('assigned', { memberId: grace })
    const workspace = describedWorkspace({ events: [joined, assigned, commented] })
    for (const event of [joined, assigned, commented])
      expect(JSON.stringify(received(cloudEvent(event, workspace)))).not.toContain('example.org')
  })

  it('of a payload that is not here says so', () => {
    const event = makeEvent('commented', {}, { waiting: 'unreadable' })
    expect(received(cloudEvent(event, describedWorkspace())).data).toMatchObject({
      event: { erased: true, data: {} },
    })
  })

  it('by somebody who is not known still has an actor', () => {
    const event = makeEvent('archived', {}, { actorId: idOf(0x999) })
    expect(cloudEvent(event, describedWorkspace()).data.actor).toEqual({
      id: idOf(0x999),
      name: 'Someone',
      handle: '',
    })
  })
})

describe('the size of a CloudEvent', () => {
  it.each([
    ['ASCII', 'long words '],
    ['text of many bytes', 'größer 😀 '],
    ['text that JSON escapes', '"\\\n\u0001'],
  ])('%s of 1 MiB is cut to 256 KiB, and it says so', (_name, piece) => {
    const body = piece.repeat(Math.floor(1_048_576 / Buffer.byteLength(piece)))
    const event = makeEvent('commented', { commentId: idOf(9), body })
    const made = cloudEvent(event, describedWorkspace())
    expect(bytesOf(made)).toBeLessThanOrEqual(largestCloudEvent)
    expect(received(made).data).toMatchObject({ truncated: true })
    const kept = (made.data.event.data as { body: string }).body
    expect(kept.length).toBeGreaterThan(10_000)
    expect(kept.isWellFormed()).toBe(true)
    expect(body.startsWith(kept.slice(0, -1).trimEnd())).toBe(true)
  })

  it('one that fits is not touched', () => {
    const body = 'a'.repeat(200_000)
    const made = cloudEvent(makeEvent('commented', { commentId: idOf(9), body }), describedWorkspace())
    expect(made.data).not.toHaveProperty('truncated')
    expect(made.data.event.data).toMatchObject({ body })
  })

  it('where cutting texts is not enough, the payload is left out', () => {
    const to = Array.from({ length: 50_000 }, (_, at) => ({ at, field: 'short' }))
    const made = cloudEvent(makeEvent('field_changed', { field: 'x', from: null, to }), describedWorkspace())
    expect(bytesOf(made)).toBeLessThanOrEqual(largestCloudEvent)
    expect(made.data).toMatchObject({ truncated: true, event: { data: {} } })
  })
})

it('a test event is a valid CloudEvent too', () => {
  const parsed = received(testCloudEvent(describedWorkspace(), idOf(3), testStart))
  expect(parsed).toMatchObject({ type: 'docket.test', id: idOf(3), time: '2026-03-01T12:00:00.000Z' })
})
