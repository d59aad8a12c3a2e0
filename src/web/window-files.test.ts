import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadWindowFiles, withBridge } from './window-files.ts'

test('the bridge comes before the window’s own script', () => {
  const page = '<head><script type="module" crossorigin src="./assets/index-1.js"></script></head>'
  expect(withBridge(page)).toBe(
    '<head><link rel="icon" href="/icon.svg"><script src="/bridge.js"></script><script type="module" crossorigin src="./assets/index-1.js"></script></head>',
  )
})

test('a policy written into the page for the desktop gives way to the host’s header', () => {
  const page = `<head>\n  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'none'" />\n  <script src="a.js"></script></head>`
  expect(withBridge(page)).not.toContain('connect-src')
})

test('a window that was never built is a sentence that says what to run', async () => {
  const built = await mkdtemp(join(tmpdir(), 'docket-built-'))
  onTestFinished(() => rm(built, { recursive: true }))
  expect(await loadWindowFiles(built)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('npm run build') },
  })
  await mkdir(join(built, 'renderer'))
  await mkdir(join(built, 'web'))
  await writeFile(join(built, 'renderer', 'index.html'), '<head></head>')
  await writeFile(join(built, 'web', 'bridge.js'), '')
  const files = await loadWindowFiles(built)
  expect(files.ok && (await files.value.get('/index.html'))?.body.toString()).toBe(
    '<head><link rel="icon" href="/icon.svg"><script src="/bridge.js"></script></head>',
  )
})
