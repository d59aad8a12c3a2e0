import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programAt } from '../../testing/own-server.ts'
import { notifySend } from './notify-send.ts'
import { notificationService, sessionBus } from './testing/notification-service.ts'

const missing = ['notify-send', 'dbus-run-session'].filter((name) => programAt(name) === undefined)

describe.skipIf(missing.length > 0)(
  missing.length > 0 ? `On a D-Bus session (skipped: no ${missing.join(' and no ')})` : 'On a D-Bus session',
  () => {
    let bus: Awaited<ReturnType<typeof sessionBus>>
    let desktop: Awaited<ReturnType<typeof notificationService>>
    beforeAll(async () => {
      bus = await sessionBus()
      desktop = await notificationService(bus.address)
    })
    afterAll(async () => {
      desktop?.close()
      await bus?.close()
    })
    const sender = () => notifySend({ PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: bus.address })
    const notification = {
      tag: 'one',
      title: 'DOC-42 The export hangs',
      body: 'Ada archived it',
      to: '/inbox',
    }

    test('the desktop is asked to show it, with markup and options taken as text', async () => {
      const notify = sender()
      expect(notify.available()).toBe(true)
      const title = '--help & <b>$(id)</b>'
      expect(
        await notify.show({ ...notification, title, body: '--urgency=critical <b>"x"</b> & `id`\0' }),
      ).toBe(true)
      expect(desktop.shown.at(-1)).toEqual({
        appName: 'Docket',
        replaces: 0,
        title,
        body: '--urgency=critical &lt;b&gt;&quot;x&quot;&lt;/b&gt; &amp; `id`',
      })
    })

    test('another with the same tag takes its place, one with another does not', async () => {
      const notify = sender()
      await notify.show(notification)
      const id = desktop.shown.length
      await notify.show({ ...notification, body: 'Ada restored it' })
      await notify.show({ ...notification, tag: 'two' })
      expect(desktop.shown.slice(-3).map(({ replaces }) => replaces)).toEqual([0, id, 0])
    })

    test('a session without a desktop shows nothing, and that is said', async () => {
      const empty = await sessionBus()
      const notify = notifySend({ PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: empty.address })
      expect(await notify.show(notification)).toBe(false)
      await empty.close()
    })
  },
)

test('without a session, or without the program, it is not available', async () => {
  const session = 'unix:path=/nowhere'
  for (const env of [{ PATH: process.env.PATH }, { PATH: '/nowhere', DBUS_SESSION_BUS_ADDRESS: session }]) {
    const notify = notifySend(env)
    expect(notify.available()).toBe(false)
    expect(await notify.show({ tag: 'x', title: 'x', body: 'x', to: '/inbox' })).toBe(false)
  }
})
