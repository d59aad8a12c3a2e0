import { createInterface } from 'node:readline'
import { initWorkspace } from '../workspace/init-workspace.ts'

// Makes a workspace in each folder that a line names, as somebody of the name in the first argument, and says what came of it.
const [memberName = ''] = process.argv.slice(2)
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
say('ready')
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    const made = initWorkspace({ folder, memberName })
    say(made.ok ? 'made' : made.error.code)
  } catch (error) {
    say(String(error))
  }
}
