import { Toaster } from 'sonner'
import { theme } from '../theme/theme.ts'
import { useStored } from './stored-state.ts'
import './toasts.css'

/** Short messages at the corner: what was done, with a way back, and what was refused, with the reason. */
export function Toasts() {
  return <Toaster theme={useStored(theme)} position="bottom-right" visibleToasts={4} gap={8} offset={16} />
}
