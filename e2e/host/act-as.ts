import { openWorkspace } from '#app/workspace/workspace.ts'

// Carries commands out as another member, as that member's own copy of the workspace would: `act-as.ts FOLDER MEMBER COMMANDS`.
const [folder = '', actorId = '', commands = '[]'] = process.argv.slice(2)
const opened = openWorkspace(folder)
if (!opened.ok) throw new Error(opened.error.message)
for (const command of JSON.parse(commands)) {
  const done = opened.value.commands.execute(command, { actorId })
  if (!done.ok) throw new Error(done.error.message)
}
opened.value.close()
