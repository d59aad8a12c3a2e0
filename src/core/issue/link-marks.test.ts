import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkKinds } from './link-kinds.ts'
import { markLinks, type SetLink, wayAlong, withoutCircles } from './link-marks.ts'

const link = (
  at: number,
  source: string,
  kind: SetLink['kind'],
  target: string,
  imported = false,
): SetLink => ({
  source,
  kind,
  target,
  imported,
  by: { id: `event-${at}` as never, hlc: at, replicaId: 'replica' as never, replicaSeq: at },
})
const marked = (...links: SetLink[]) =>
  markLinks(links).map(({ link: { by }, stands, circle }) => [by.id, stands.by.id, circle?.join('') ?? null])

describe('links of all issues together', () => {
  it('the later half of a circle has no effect, whichever kind it is of', () => {
    for (const kind of ['parent', 'blocks', 'duplicates'] as const)
      expect(marked(link(2, 'b', kind, 'a'), link(1, 'a', kind, 'b'))).toEqual([
        ['event-2', 'event-1', 'bab'],
      ])
    expect(marked(link(1, 'a', 'relates_to', 'b'), link(2, 'b', 'relates_to', 'a'))).toEqual([])
    expect(marked(link(1, 'a', 'blocks', 'b'), link(2, 'b', 'parent', 'a'))).toEqual([])
  })

  it('the later of two parents set apart has no effect; what another tracker says is believed', () => {
    expect(marked(link(1, 'a', 'parent', 'b'), link(2, 'a', 'parent', 'c'))).toEqual([
      ['event-2', 'event-1', null],
    ])
    expect(marked(link(1, 'a', 'parent', 'b', true), link(2, 'a', 'parent', 'c', true))).toEqual([])
  })

  it('any links in any order of arrival give the same marks, what is left has no circle, and each mark has its reason', () => {
    const someLink = fc.record({
      source: fc.constantFrom(...'abcde'),
      kind: fc.constantFrom(...linkKinds),
      target: fc.constantFrom(...'abcde'),
      imported: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(someLink, {
          maxLength: 25,
          selector: ({ source, kind, target }) => `${source}${kind}${target}`,
        }),
        fc.infiniteStream(fc.nat()),
        (some, keys) => {
          const links = some.map(({ source, kind, target, imported }, at) =>
            link(at, source, kind, target, imported),
          )
          const marks = markLinks(links)
          const shuffled = links
            .map((each) => [keys.next().value, each] as const)
            .sort(([a], [b]) => a - b)
            .map(([, each]) => each)
          expect(markLinks(shuffled)).toEqual(marks)

          const off = new Set(marks.map(({ link }) => link))
          const left = links.filter((each) => !off.has(each) && withoutCircles.has(each.kind))
          const of = (kind: SetLink['kind']) => (source: string) =>
            left.filter((each) => each.kind === kind && each.source === source)
          for (const { source, kind, target } of left)
            expect(wayAlong(target, source, of(kind))).toBeUndefined()
          for (const { link, stands, circle } of marks) {
            expect(stands.by.hlc <= link.by.hlc).toBe(true)
            if (circle) expect(wayAlong(link.target, link.source, of(link.kind))).toBeDefined()
            else expect(of('parent')(link.source).length).toBeGreaterThan(0)
          }
        },
      ),
    )
  })
})
