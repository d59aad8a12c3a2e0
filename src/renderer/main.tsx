import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import 'sonner/dist/styles.css'
import './ui/theme/tokens.css'
import './ui/theme/base.css'
import { createRoot } from 'react-dom/client'
import { keepEarlyKeys } from './lib/shortcuts/action-handlers.ts'
import { App } from './shell/app.tsx'
import { applyTheme } from './ui/theme/theme.ts'

applyTheme()
keepEarlyKeys()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
