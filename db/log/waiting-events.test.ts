import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it, vi } from 'vitest'
import { eventRegistry } from '#core/event-registry.ts'
import { type Making, madeChain } from '#server/testing/made-chain.ts'
import { firstFold, foldNamed } from './rows/fold-name.ts'
import {
  ada,
  arrivalsOf,
  closed,
  commentId,
  feed,
  history,
  issue,
  milestone,
  newer,
  onIssue,
  opened,
  pageOf,
  patience,
  runs,
  schedule,
  whole,
} from './testing/waiting-scene.ts'

describe('events that only a newer Docket knows', () => {
  it(
    'come to the same, once they are known, as where they always were, in whatever steps and pages they came',
    () => {
      let run = 0
      fc.assert(
        fc.property(history, schedule, (list, { sizes, hidden, indexed }) => {
          run += 1
          const events = arrivalsOf(list)
          const knew = opened(`knew-${run}`)
          knew.log.receive(pageOf(events))
          let under = opened(`old-${run}`, hidden[0])
          const left = [...events]
          for (let turn = 0; left.length > 0; turn++) {
            under.log.receive(pageOf(left.splice(0, sizes[turn % sizes.length])))
            if (indexed[turn % indexed.length]) under.index()
            // Each step of an update knows more than the one before.
            const still = hidden.slice(0, turn + 2).reduce((a, b) => a.filter((name) => b.includes(name)))
            if (turn >= hidden.length) continue
            closed(under)
            under = opened(`old-${run}`, still)
          }
          closed(under)
          under = opened(`old-${run}`)
          expect(whole(under)).toEqual(whole(knew))
          closed(under)
          closed(knew)
        }),
        { numRuns: runs },
      )
    },
    patience,
  )

  it('are stored, chained, shown as what a newer Docket recorded, and count nowhere', () => {
    const chain = madeChain(ada)
    chain.add({ streamId: issue, payload: { title: 'Known', status: 'open' } })
    chain.add(onIssue('estimated', 1, { points: 3 }))
    chain.add(onIssue('title_changed', 9, { from: 'Known', to: 'Otherwise', why: { deep: [] } }))
    chain.add({
      streamType: 'milestone',
      streamId: milestone,
      type: 'milestone_created',
      schemaVersion: 1,
      payload: {},
    })
    // A type that is known, on a kind of stream that a newer Docket may well have it on.
    chain.add({ streamType: 'milestone', streamId: milestone, payload: { title: 'x', status: 'open' } })
    const events = chain.after(0).events.map((event) => ({ chain: chain.replicaId, event }))
    const under = opened('log')
    expect(under.log.receive(pageOf(events))).toMatchObject({ appended: 5, skipped: 0 })
    expect(feed(under).map((line) => JSON.parse(line).slice(1, 4))).toEqual([
      ['created', 'unknown', {}],
      ['milestone_created', 'unknown', {}],
      ['title_changed', 'unknown', {}],
      ['estimated', 'unknown', {}],
      ['created', null, { title: 'Known', status: 'open' }],
    ])
    expect(under.log.issue(issue)).toMatchObject({ title: 'Known', version: 1 })
    expect(whole(under)).toMatchObject({ unreadable: 0 })
    // What is recorded here afterwards builds on what is known.
    const renamed = { id: uuidv7(), type: 'title_changed', data: { from: 'Known', to: 'Here' }, actorId: ada }
    under.log.append({ type: 'issue', id: issue }, [renamed], { expectedVersion: 3 })
    expect(under.log.issue(issue)).toMatchObject({ title: 'Here', version: 2 })
    whole(under)
  })

  it('that turn out not to be of their type’s shape, or of a kind of thing that they can’t happen to, count nowhere once it is known', () => {
    const shapeless = madeChain(ada)
    shapeless.add(onIssue('archived', 1, []))
    const refused = pageOf(shapeless.after(0).events.map((event) => ({ chain: shapeless.replicaId, event })))
    // No server of whatever age lets through what is no JSON object.
    expect(() => opened('refused').log.receive(refused)).toThrow(/is no JSON object/)
    const fitting = madeChain(ada)
    for (const making of [
      { streamId: issue, payload: { title: 'Fine', status: 'open' } },
      onIssue('title_changed', 1, { from: 'Fine', to: { not: 'a text' } }),
      { ...onIssue('commented', 1, { commentId, body: 'On a project' }), streamType: 'project' },
    ])
      fitting.add(making)
    const events = fitting.after(0).events.map((event) => ({ chain: fitting.replicaId, event }))
    let under = opened('log', ['title_changed', 'commented'])
    under.log.receive(pageOf(events))
    expect(feed(under)).toHaveLength(3)
    closed(under)
    under = opened('log')
    expect(whole(under)).toMatchObject({ unreadable: 2 })
    expect(feed(under)).toHaveLength(1)
    // One that knew better from the start keeps them in the same places.
    const knew = opened('knew')
    knew.log.receive(pageOf(events))
    expect(whole(knew)).toEqual(whole(under))
  })

  it('are no deeper than whoever walks them has a stack for, and have names with nothing to escape', () => {
    const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
    const refusals: readonly (readonly [Making, RegExp])[] = [
      [onIssue('estimated', 1, { points: deep(100) }), /nested 101 deep/],
      [
        { ...onIssue('estimated', 1, {}), about: { triggeredBy: 'manual', why: deep(100) } },
        /nested 101 deep/,
      ],
      [onIssue('esti","x":"mated', 1, {}), /a name that no type/],
      [{ ...onIssue('estimated', 1, {}), streamType: 'Mile stone' }, /a name that no type/],
      [{ ...onIssue('estimated', 1, {}), about: 'words' }, /is no JSON object/],
    ]
    const under = opened('log')
    for (const [making, why] of refusals) {
      const chain = madeChain(ada)
      chain.add(making)
      const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
      expect(() => under.log.receive(page)).toThrow(why)
    }
    expect(under.log.position()).toBe(0)
    const chain = madeChain(ada)
    chain.add(onIssue('estimated', 1, { points: deep(99) }))
    under.log.receive(pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event }))))
    whole(under)
  })

  it('are refused before they are parsed where they are nested deeper than any payload, known or not', () => {
    const under = opened('log')
    const parse = vi.spyOn(JSON, 'parse')
    const [open, shut] = ['['.repeat(1_500_000), ']'.repeat(1_500_000)]
    for (const making of [
      { streamId: issue, text: `{"status":"open","title":"Deep","x":${open}${shut}}` },
      { ...onIssue('estimated', 1, {}), text: '['.repeat(3_000_000) },
    ]) {
      const chain = madeChain(ada)
      chain.add(making)
      const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
      expect(() => under.log.receive(page)).toThrow(/is nested more than 250 deep/)
      expect(parse.mock.calls.filter(([text]) => text === making.text)).toEqual([])
    }
    parse.mockRestore()
    expect(under.log.position()).toBe(0)
  })

  it('an older Docket that opens what a newer one folded leaves that as it is', () => {
    const chain = madeChain(ada)
    chain.add({ streamId: issue, payload: { title: 'One', status: 'open' } })
    chain.add(onIssue('archived', 1, {}))
    const page = pageOf(chain.after(0).events.map((event) => ({ chain: chain.replicaId, event })))
    let under = opened('log', ['archived'])
    under.log.receive(page)
    closed(under)
    closed(opened('log'))
    closed(opened('log', ['archived']))
    under = opened('log')
    expect(under.log.issue(issue).archived).toBe(true)
    whole(under)
  })

  it('give a fold another name, and the first release’s is what it was', () => {
    const lines = eventRegistry().known.filter((line) => !newer.includes(line))
    expect(foldNamed(1, lines)).toBe(firstFold)
    expect(foldNamed(2, lines)).not.toBe(firstFold)
    expect(foldNamed(1, [...lines, 'estimated 1'])).not.toBe(firstFold)
  })
})
