import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keepFolderPrivate, makePrivateFolder } from '#db/files/private-files.ts'
import { takeLock } from '#db/sqlite/exclusive-lock.ts'
import type { AdminInput } from './admin-routes.ts'

/** The file that tells the command how to reach the server that has a directory open. */
export const adminFile = (folder: string): string => join(folder, 'admin.json')

const adminDoor = z.object({ url: z.string(), publicUrl: z.string(), secret: z.string() })

/** How an administrator reaches a running server: `url` from this machine, `publicUrl` as clients do. */
export type AdminDoor = z.infer<typeof adminDoor>

/** Who has a directory: this process from now on, until it lets go, or the server that answers for it. */
export type FolderClaim =
  | { readonly by: 'us'; readonly release: () => void }
  | { readonly by: 'server'; readonly door: AdminDoor }

/** The directory is another server's. */
export class DataInUseError extends Error {
  constructor(folder: string) {
    super(`${folder} is open in another docket-server. Stop that one first; nothing was touched.`)
    this.name = 'DataInUseError'
  }
}

/** What a server puts into its folder. */
const folderFiles = ['server.lock', 'admin.json', 'database'] as const
const ownFiles = /^(?:server\.lock(?:-journal)?|admin\.json(?:\.new)?|database)$/

/** How long whoever has the directory may take to let go of it, or to answer as a server, in milliseconds. */
const patienceMillis = 120_000
const lookEveryMillis = 100
const answerMillis = 5_000

/** Asks a running server. @throws Error with the server's sentence, or where nobody answers. */
export async function askServer(
  { url, secret }: AdminDoor,
  request: AdminInput,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await fetch(`${url}/admin`, {
    method: 'POST',
    ...(signal ? { signal } : {}),
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  const answer = (await response.json()) as { value?: unknown; error?: { message: string } }
  if (!response.ok) throw new Error(answer.error?.message ?? `The server answered with ${response.status}.`)
  return answer.value
}

/** The door of a server that answers; a file that a killed one left leads nowhere. */
async function runningServer(folder: string): Promise<AdminDoor | undefined> {
  try {
    const door = adminDoor.parse(JSON.parse(readFileSync(adminFile(folder), 'utf8')))
    await askServer(door, { do: 'workspaces' }, AbortSignal.timeout(answerMillis))
    return door
  } catch {
    return undefined
  }
}

/**
 * Takes a server's directory, or finds the server that has it. A command that administers has it for a moment, and so does a server that begins or
 * ends: they are waited for. @throws Error where something has it that does neither in two minutes.
 */
export async function claimFolder(folder: string): Promise<FolderClaim> {
  makePrivateFolder(folder)
  for (const sentence of keepFolderPrivate(folder, ownFiles, [...folderFiles]))
    process.stderr.write(`docket-server: ${sentence}\n`)
  for (const until = Date.now() + patienceMillis; ; ) {
    const release = takeLock(join(folder, 'server.lock'))
    if (release) return { by: 'us', release }
    const door = await runningServer(folder)
    if (door) return { by: 'server', door }
    if (Date.now() > until)
      throw new Error(
        `${folder} is open in another process, which neither lets go of it nor answers as a docket-server; nothing was touched.`,
      )
    await new Promise((resolve) => setTimeout(resolve, lookEveryMillis))
  }
}
