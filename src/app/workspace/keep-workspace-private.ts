import { keepFolderPrivate } from '#db/files/private-files.ts'

const databases = ['log.db', 'inboxes.db'].flatMap((name) => ['', '-wal', '-shm'].map((end) => name + end))
const folders = ['backups', 'reports', 'inboxes', 'files']
const own =
  /^(?:(?:log|inboxes)\.db(?:-wal|-shm|-journal)?|inboxes\.lock|log\.head|backups|reports|inboxes|files)$/

/** Said once by each process: where rights can't be changed, it is as it is. */
const said = new Set<string>()

/** Keeps a workspace for the person whose it is, and says on stderr what it changed or could not change. */
export function keepWorkspacePrivate(folder: string): void {
  for (const sentence of keepFolderPrivate(folder, own, [
    ...databases,
    'inboxes.lock',
    'log.head',
    ...folders,
  ])) {
    if (said.has(sentence)) continue
    said.add(sentence)
    process.stderr.write(`docket: ${sentence}\n`)
  }
}
