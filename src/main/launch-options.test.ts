import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { profileFolder, readLaunchOptions } from './launch-options.ts'

const read = (argv: string[], workspace?: string) =>
  readLaunchOptions({ argv, cwd: '/work/here', home: '/home/ann', workspace })

describe('launch options', () => {
  test('without any, the workspace is Docket in the home folder', () => {
    expect(read(['.'])).toEqual({ folder: '/home/ann/Docket', isDefault: true, link: null })
  })

  test('a named workspace is taken from the folder one stands in, before the environment', () => {
    expect(read(['.', '--workspace', 'team'], '/elsewhere').folder).toBe('/work/here/team')
    expect(read(['.', '--workspace=/srv/team']).folder).toBe('/srv/team')
    expect(read(['.'], '/elsewhere').folder).toBe('/elsewhere')
  })

  test('switches of Chromium and a switch without a value change nothing', () => {
    expect(read(['--no-sandbox', '--lang=de', '.', '--workspace', '--inspect']).folder).toBe(
      '/home/ann/Docket',
    )
    expect(read(['--workspace']).isDefault).toBe(true)
  })

  test('a link among the arguments is found', () => {
    expect(read(['.', 'docket://issue/DOC-1']).link).toBe('docket://issue/DOC-1')
  })

  test('every workspace has a profile of its own', () => {
    const profile = (folder: string) => profileFolder('/data', read(['--workspace', folder]))
    expect(profile('/a')).not.toBe(profile('/b'))
    expect(profile('/a')).toBe(profile('/a'))
    expect(profileFolder('/data', read([]))).toBe(join('/data', 'Docket', 'default'))
  })
})
