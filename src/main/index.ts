import { app, dialog, session, shell } from 'electron'
import { environmentMistakes } from '#core/known-variables.ts'
import { registerAppScheme } from './app-protocol.ts'
import { builtFiles } from './built-files.ts'
import { startDesktop } from './desktop.ts'
import { profileFolder, readLaunchOptions } from './launch-options.ts'

// The desktop host's composition root: what must happen before the app is ready, then `startDesktop`.
const launch = readLaunchOptions({
  argv: process.argv.slice(1),
  cwd: process.cwd(),
  home: app.getPath('home'),
  workspace: process.env.DOCKET_WORKSPACE,
})
const { refused, warned } = environmentMistakes(process.env)
for (const warning of warned) console.error(warning)
if (refused[0] !== undefined) {
  console.error(refused[0])
  dialog.showErrorBox('Docket could not start', refused[0])
  process.exit(2)
}
if (!app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', profileFolder(app.getPath('appData'), launch))

if (app.requestSingleInstanceLock({ link: launch.link })) {
  app.enableSandbox()
  registerAppScheme()
  void startDesktop(launch, { app, session, shell }, builtFiles(import.meta.url)).catch((error: unknown) => {
    console.error('Docket could not start:', error)
    dialog.showErrorBox('Docket could not start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
} else {
  app.exit(0)
}
