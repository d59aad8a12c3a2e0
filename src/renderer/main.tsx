import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import 'sonner/dist/styles.css'
import './theme/tokens.css'
import './theme/base.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { keepEarlyKeys } from './shortcuts/action-handlers.ts'
import { applyTheme } from './theme/theme.ts'

applyTheme()
keepEarlyKeys()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
