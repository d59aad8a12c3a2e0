import { dialog } from 'electron'
import type { Windows } from './windows.ts'

const importFilters = [
  { name: 'Histories of issues', extensions: ['jsonl', 'ndjson', 'json', 'csv', 'gz', 'db'] },
  { name: 'All files', extensions: ['*'] },
]

/** Lets the person choose the file to import, or the place to export to. @returns its path, or `null` when they think better of it. */
export async function pickFile(windows: Windows, purpose: 'import' | 'export'): Promise<string | null> {
  const window = windows.front()
  if (purpose === 'import') {
    const options = { properties: ['openFile' as const], filters: importFilters }
    const { canceled, filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options))
    return canceled ? null : (filePaths[0] ?? null)
  }
  const options = { properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const] }
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
