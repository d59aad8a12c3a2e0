import { beforeEach, describe, expect, test, vi } from 'vitest'
import { appUrl } from './app-protocol.ts'
import { contentPolicy } from './content-policy.ts'
import { guardAllContents, guardContents, guardSession, isSafeOutside } from './navigation-guard.ts'
import { FakeWebContents, fake, resetFakeElectron } from './testing/fake-electron.ts'

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron())
beforeEach(resetFakeElectron)

function guarded() {
  const contents = new FakeWebContents()
  guardContents(contents as never)
  const prevented = (event: string, details: Record<string, unknown>) => {
    const preventDefault = vi.fn()
    contents.emit(event, { ...details, preventDefault })
    return preventDefault.mock.calls.length > 0
  }
  return { contents, prevented }
}

describe('a page', () => {
  test('stays where it is, and a link goes to the person’s browser', () => {
    const { prevented } = guarded()
    expect(prevented('will-navigate', { url: 'https://example.org/' })).toBe(true)
    expect(fake.openedOutside).toEqual(['https://example.org/'])
    expect(prevented('will-navigate', { url: `${appUrl}#/board` })).toBe(false)
  })

  test('is not led away by a redirect, a frame or a webview', () => {
    const { prevented } = guarded()
    expect(prevented('will-redirect', { url: 'https://example.org/' })).toBe(true)
    expect(prevented('will-frame-navigate', { url: appUrl, isMainFrame: false })).toBe(true)
    expect(prevented('will-frame-navigate', { url: appUrl, isMainFrame: true })).toBe(false)
    expect(prevented('will-attach-webview', {})).toBe(true)
  })

  test('opens no window, not even on itself', () => {
    const { contents } = guarded()
    for (const url of [appUrl, 'https://example.org/', 'about:blank', 'file:///etc/passwd'])
      expect(contents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' })
    expect(fake.openedOutside).toEqual(['https://example.org/'])
  })

  test('is guarded from its first moment', () => {
    guardAllContents(fake.app as never)
    const contents = new FakeWebContents()
    fake.app.emit('web-contents-created', {}, contents)
    expect(contents.windowOpenHandler).not.toBeNull()
  })
})

test.each(['https://example.org/a?b#c', 'http://example.org', 'mailto:ann@example.org'])(
  '%s may be opened outside',
  (address) => expect(isSafeOutside(address)).toBe(true),
)

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'smb://host/share',
  'ms-msdt:/id',
  'vscode://file/etc/passwd',
  'docket://issue/DOC-1',
  'https://ann:secret@example.org/',
  `https://example.org/${'a'.repeat(2_000)}`,
  'nonsense',
  '',
])('%s is not opened outside', (address) => expect(isSafeOutside(address)).toBe(false))

describe('the session', () => {
  const ask = (permission: string, requestingUrl: string) => {
    let granted: boolean | null = null
    const answer = (value: boolean) => {
      granted = value
    }
    const handler = fake.defaultSession.permissionRequest as unknown as (...args: unknown[]) => void
    handler(null, permission, answer, { requestingUrl })
    return granted
  }

  test('denies every permission but copying from our own page', () => {
    guardSession(fake.defaultSession as never)
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'midi',
      'openExternal',
      'clipboard-read',
      'fullscreen',
      'unknown',
    ])
      expect(ask(permission, appUrl)).toBe(false)
    expect(ask('clipboard-sanitized-write', appUrl)).toBe(true)
    expect(ask('clipboard-sanitized-write', 'https://example.org/')).toBe(false)
    const check = fake.defaultSession.permissionCheck as unknown as (...args: unknown[]) => boolean
    expect(check(null, 'media', appUrl)).toBe(false)
    expect(check(null, 'clipboard-sanitized-write', 'docket-app://window')).toBe(true)
    expect((fake.defaultSession.devicePermission as unknown as () => boolean)()).toBe(false)
  })

  test('downloads nothing', () => {
    guardSession(fake.defaultSession as never)
    const preventDefault = vi.fn()
    fake.defaultSession.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })

  test('puts our policy on every answer, in place of any other', () => {
    guardSession(fake.defaultSession as never)
    let headers: Record<string, unknown> = {}
    const received = fake.defaultSession.headersReceived as unknown as (...args: unknown[]) => void
    received(
      { responseHeaders: { 'Content-Security-Policy': ['default-src *'], 'X-Other': ['kept'] } },
      (answer: { responseHeaders: Record<string, unknown> }) => {
        headers = answer.responseHeaders
      },
    )
    expect(headers['Content-Security-Policy']).toBeUndefined()
    expect(headers['content-security-policy']).toBe(contentPolicy())
    expect(headers['X-Other']).toEqual(['kept'])
  })

  test('the policy allows our own files only; the development server adds no other place', () => {
    expect(contentPolicy()).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*|https?:/)
    expect(contentPolicy('http://localhost:5173')).toContain("connect-src 'self' ws://localhost:5173")
  })
})
