import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initWorkspace } from '../workspace/init-workspace.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../workspace/workspace.ts'

/** A folder that goes with the test. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'docket-test-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Makes a workspace in a folder. @throws where it is refused. */
export function makeWorkspace(folder: string): void {
  const made = initWorkspace({ folder, name: 'Test', memberName: 'Ada Lovelace' })
  if (!made.ok) throw new Error(made.error.message)
}

/** Opens a workspace. @throws where it is refused. */
export function openedWorkspace(
  folder: string,
  options: WorkspaceOptions = { durability: 'NORMAL' },
): Workspace {
  const opened = openWorkspace(folder, options)
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}
