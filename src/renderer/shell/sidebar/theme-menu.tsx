import { Monitor, Moon, Sun } from 'lucide-react'
import { useStored } from '../../lib/stored-state.ts'
import { Menu, MenuChoice } from '../../ui/controls/menu.tsx'
import { theme } from '../../ui/theme/theme.ts'
import styles from './sidebar.module.css'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

/** The choice between light, dark and what the desktop has. */
export function ThemeMenu() {
  const choice = useStored(theme)
  const Icon = choice === 'light' ? Sun : choice === 'dark' ? Moon : Monitor
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <button type="button" className={styles.theme} aria-label={`Theme: ${choice}`} title="Theme">
          <Icon {...icon} />
        </button>
      }
    >
      <MenuChoice
        label="Theme"
        value={choice}
        onChange={theme.set}
        options={[
          { value: 'system', label: 'As the desktop', icon: <Monitor {...icon} /> },
          { value: 'light', label: 'Light', icon: <Sun {...icon} /> },
          { value: 'dark', label: 'Dark', icon: <Moon {...icon} /> },
        ]}
      />
    </Menu>
  )
}
