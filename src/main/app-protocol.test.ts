import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { appScheme, appUrl, registerAppScheme, resolveAppFile, serveApp } from './app-protocol.ts'
import { fake, resetFakeElectron } from './testing/fake-electron.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())

let above: string
let folder: string

beforeAll(() => {
  above = mkdtempSync(join(tmpdir(), 'docket-protocol-'))
  folder = join(above, 'renderer')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(above, 'secret.js'), 'secret')
  mkdirSync(join(above, 'renderer-other'))
  writeFileSync(join(above, 'renderer-other', 'a.js'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'assets', 'a b.js'), 'a')
  writeFileSync(join(folder, 'notes.secret'), 'x')
  symlinkSync(join(above, 'secret.js'), join(folder, 'assets', 'way-out.js'))
})
afterAll(() => rmSync(above, { recursive: true, force: true }))
beforeEach(resetFakeElectron)

const at = (path: string) => `${appScheme}://window${path}`

describe('the window’s files', () => {
  test('are found by their address', async () => {
    expect(await resolveAppFile(appUrl, folder)).toMatch(/index\.html$/)
    expect(await resolveAppFile(at('/'), folder)).toMatch(/index\.html$/)
    expect(await resolveAppFile(at('/assets/a%20b.js?v=1#x'), folder)).toMatch(/a b\.js$/)
  })

  test.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/%2e%2e%2fsecret.js',
    '/..%2fsecret.js',
    '/assets/..%5c..%5csecret.js',
    '/..\\secret.js',
    '/%2e%2e%2frenderer-other/a.js',
    '/assets/way-out.js',
    '//etc/passwd',
    '/C:/windows/win.ini',
    '/index.html%00.js',
    '/%zz',
    '/assets',
    '/nothing.js',
  ])('%s leads nowhere outside', async (path) => {
    const found = await resolveAppFile(at(path), folder)
    expect(found === null || found.endsWith('/assets')).toBe(true)
    serveApp(fake.defaultSession as never, folder)
    const response = await fake.defaultSession.protocols.get(appScheme)?.(new Request(at(path)))
    expect(response?.status).toBe(404)
    expect(await response?.text()).toBe('')
  })

  test.each([
    'docket-app://other/index.html',
    'docket-app://window.evil/index.html',
    'docket-app://ann:x@window/index.html',
    'https://window/index.html',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is no address of ours', async (address) => {
    expect(await resolveAppFile(address, folder)).toBeNull()
  })

  test('whatever a path is made of, nothing above the folder is found', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '/',
      '\\',
      'assets',
      'secret.js',
      'renderer-other',
      '%252e',
      '%00',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
        const found = await resolveAppFile(at(`/${parts.join('/')}`), folder)
        expect(found === null || found.startsWith(`${folder}/`)).toBe(true)
      }),
    )
  })

  test('are served with their type and the security headers, and only to GET', async () => {
    serveApp(fake.defaultSession as never, folder)
    const serve = fake.defaultSession.protocols.get(appScheme)
    const page = await serve?.(new Request(appUrl))
    expect(page?.status).toBe(200)
    expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = page?.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe-eval')
    expect((await serve?.(new Request(appUrl, { method: 'POST' })))?.status).toBe(405)
    expect((await serve?.(new Request(at('/notes.secret'))))?.status).toBe(404)
  })

  test('have an origin of their own, which the scheme asks for before the app is ready', () => {
    registerAppScheme()
    expect(fake.privileged).toEqual([
      expect.objectContaining({
        scheme: appScheme,
        privileges: expect.objectContaining({ standard: true, secure: true }),
      }),
    ])
  })
})
