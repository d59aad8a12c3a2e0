import { ipcMain } from 'electron'
import type { AppService } from '#app/app-service.ts'
import { callNames } from '#contract/calls.ts'
import { refuse } from '#core/values/refusal.ts'
import { callChannel } from './channels.ts'
import { isOurSender } from './sender-check.ts'
import type { Windows } from './windows.ts'

/** Registers every call of the contract, and nothing else. @returns a function that takes them away again. */
export function registerCalls(
  service: AppService,
  windows: Pick<Windows, 'all'>,
  devServer: string | null = null,
): () => void {
  for (const name of callNames) {
    ipcMain.handle(callChannel(name), async (event, input: unknown) => {
      if (!isOurSender(event, windows.all(), devServer)) {
        return refuse(
          'invalid_input',
          'That call did not come from one of Docket’s own windows; nothing was done.',
        )
      }
      return service.callUnchecked(name, input)
    })
  }
  return () => {
    for (const name of callNames) ipcMain.removeHandler(callChannel(name))
  }
}
