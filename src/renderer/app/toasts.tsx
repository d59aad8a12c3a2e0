import { Toaster } from 'sonner'
import { theme } from '../theme/theme.ts'
import { useStored } from './stored-state.ts'
import './toasts.css'

/** Short messages at the corner where no view has its buttons: what was done, with a way back, and what was refused, with the reason. */
export function Toasts() {
  return (
    <Toaster
      theme={useStored(theme)}
      position="bottom-left"
      visibleToasts={4}
      gap={8}
      // Above the foot of the sidebar; in a narrow window above the bar of what is selected.
      offset={{ bottom: 56, left: 16 }}
      mobileOffset={{ bottom: 72, left: 12, right: 12 }}
    />
  )
}
