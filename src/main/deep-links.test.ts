import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeOfLink } from './deep-links.ts'

describe('a docket: link', () => {
  test.each([
    ['docket://issue/DOC-42', '/issue/DOC-42'],
    ['docket://issue/DOC-42/', '/issue/DOC-42'],
    ['DOCKET://issue/team2-7', '/issue/team2-7'],
    ['docket://issue/DOC-~4F7K'.replace('K', 'A'), '/issue/DOC-~4F7A'],
    ['docket://issue/DOC-%7E4F7A', '/issue/DOC-~4F7A'],
  ])('%s shows %s', (link, place) => {
    expect(placeOfLink(link)).toBe(place)
  })

  test.each([
    'docket://issue/',
    'docket://issue/DOC-0',
    'docket://issue/DOC-42?then=delete',
    'docket://issue/DOC-42#/settings',
    'docket://issue/DOC-42/../../settings',
    'docket://issue/%2e%2e%2fsettings',
    'docket://issue/DOC-42%00',
    'docket://issue/DOC-42\n',
    'docket://issue/<img src=x onerror=alert(1)>',
    'docket://issue/javascript:alert(1)',
    'docket://ann:secret@issue/DOC-1',
    'docket://settings/DOC-42',
    'docket:issue/DOC-42',
    'docket-app://window/index.html',
    'https://issue/DOC-42',
    ' docket://issue/DOC-42',
    `docket://issue/DOC-${'9'.repeat(16)}`,
    `docket://issue/${'A'.repeat(11)}-1`,
    '',
  ])('%j leads nowhere', (link) => {
    expect(placeOfLink(link)).toBeNull()
  })

  test('whatever a link says, it leads to an issue or nowhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const place = placeOfLink(`docket://issue/${text}`)
        if (place !== null) expect(place).toMatch(/^\/issue\/[A-Za-z0-9~-]+$/)
      }),
    )
  })
})
