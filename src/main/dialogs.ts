import { dialog } from 'electron'
import type { FilePurpose } from '#app/files/host-files.ts'
import type { OwnInboxView } from '#contract/answers/inbox-answers.ts'
import type { Windows } from './windows.ts'

const importFilters = [
  { name: 'Histories of issues', extensions: ['jsonl', 'ndjson', 'json', 'csv', 'gz', 'db'] },
  { name: 'All files', extensions: ['*'] },
]

/** Lets the person choose the file to import, or the place for an export or a backup. @returns its path, or `null` when they think better of it. */
export async function pickFile(windows: Windows, purpose: FilePurpose): Promise<string | null> {
  const window = windows.front()
  if (purpose === 'import') {
    const options = { properties: ['openFile' as const], filters: importFilters }
    const { canceled, filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options))
    return canceled ? null : (filePaths[0] ?? null)
  }
  const options = {
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const],
    ...(purpose === 'backup' ? { filters: [{ name: 'Docket backups', extensions: ['db'] }] } : {}),
  }
  const { canceled, filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options))
  return canceled || !filePath ? null : filePath
}

/** For the page that died too often. @returns whether to try once more. */
export async function askAfterCrashes(windows: Windows): Promise<boolean> {
  const window = windows.front()
  const options = {
    type: 'error' as const,
    message: 'Docket’s window keeps crashing.',
    detail:
      'Your issues are safe: everything that was confirmed is on disk. You can try once more, or quit and start Docket again.',
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  }
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options))
  return response === 0
}

/** Asks in the system's own dialog, which no page can answer, whether a file of the person's may run. */
export async function confirmTrust(
  windows: Windows,
  { file, hash, hosts, confined }: OwnInboxView,
): Promise<boolean> {
  const window = windows.front()
  const may = confined
    ? 'It is kept to a folder of its own and can start no programs. It sees the events and issues of this workspace, and it could open connections to anywhere.'
    : 'This version of Docket can not confine it: it runs with all of your rights, reads your files and can start programs.'
  const options = {
    type: 'warning' as const,
    message: `Let ${file} run?`,
    detail: [
      may,
      hosts.length > 0 ? `It says that it talks to ${hosts.join(', ')}.` : 'It names no hosts.',
      'Do so only if you have read it, or wrote it.',
      `SHA-256 ${hash}`,
    ].join('\n\n'),
    buttons: ['Let it run', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  }
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options))
  return response === 0
}
