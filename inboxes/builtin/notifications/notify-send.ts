import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Notification } from '#contract/answers/inbox-answers.ts'
import { escapeMarkup } from '../../shared/escape-markup.ts'
import { programIn } from './program-in.ts'

const run = promisify(execFile)
/** How long the desktop may take to accept a notification, in milliseconds. */
const limitMillis = 5_000

type Environment = Readonly<Record<string, string | undefined>>

/** Shows notifications through the desktop's own service, from a process without a window. */
export type NotifySend = {
  /** Whether the program is on this machine and a desktop session could show something. */
  available(): boolean
  /** @returns false where nothing could be shown. Never rejects. */
  show(notification: Notification): Promise<boolean>
}

/** No program takes a NUL in an argument, and none shows one. */
const clean = (text: string): string => text.replaceAll('\0', '')

/**
 * Notifications through `notify-send` (libnotify), which speaks D-Bus. A notification with the tag of an earlier one takes its place.
 * @param env where `PATH` and the session's address are looked up.
 */
export function notifySend(env: Environment = process.env): NotifySend {
  /** What the service calls the last notification of a tag. */
  const shown = new Map<string, string>()
  const available = (): boolean => {
    const session =
      Boolean(env.DBUS_SESSION_BUS_ADDRESS) ||
      (env.XDG_RUNTIME_DIR !== undefined && existsSync(join(env.XDG_RUNTIME_DIR, 'bus')))
    if (!session) return false
    return programIn((env.PATH ?? '').split(delimiter), 'notify-send') !== undefined
  }
  return {
    available,
    async show({ tag, title, body }) {
      if (!available()) return false
      const before = shown.get(tag)
      try {
        const { stdout } = await run(
          'notify-send',
          [
            '--app-name=Docket',
            '--hint=string:desktop-entry:docket',
            '--print-id',
            ...(before === undefined ? [] : [`--replace-id=${before}`]),
            '--',
            clean(title),
            // Servers read the body as markup, the title as plain text.
            escapeMarkup(clean(body)),
          ],
          { env, timeout: limitMillis },
        )
        const id = stdout.trim()
        if (/^\d+$/.test(id)) shown.set(tag, id)
        return true
      } catch {
        return false
      }
    },
  }
}
