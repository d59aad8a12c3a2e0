import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Where a program is in the first of some folders that has it, or `undefined`. */
export function programIn(folders: readonly string[], name: string): string | undefined {
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
