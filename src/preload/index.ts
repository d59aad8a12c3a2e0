import { contextBridge, ipcRenderer } from 'electron'
import type { HostMessage } from '#contract/answers/answers.ts'
import type { DocketApi } from '#contract/docket-api.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { isAllowedCall } from './call-names.ts'
import { earlyMessages } from './early-messages.ts'

const messages = earlyMessages()
// Only the message goes on: the event would hand the page a way to send on any channel.
ipcRenderer.on('docket:message', (_event, message: HostMessage) => messages.receive(message))

async function call(name: unknown, input: unknown): Promise<Result<never>> {
  if (!isAllowedCall(name)) return refuse('invalid_input', 'There is no such call.')
  try {
    return await ipcRenderer.invoke(`docket:${name}`, input)
  } catch {
    return refuse(
      'internal',
      'Docket did not answer. Try again; if that does not help, start it again. Nothing was lost.',
    )
  }
}

const api: DocketApi = {
  call,
  transfers: null,
  onMessage: (listener) => messages.listen(listener),
  onConnection(listener) {
    // The window and its host live and die together.
    listener('connected')
    return () => {}
  },
}

contextBridge.exposeInMainWorld('docket', api)
