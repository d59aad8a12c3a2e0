import { Archive, Download, MoreHorizontal, ShieldCheck, Upload, Wrench } from 'lucide-react'
import { runAction } from '../../lib/shortcuts/action-handlers.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/controls/menu.tsx'

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const

/** What can be done with the workspace as a whole. */
export function WorkspaceMenu() {
  return (
    <Menu
      side="top"
      trigger={
        <Button variant="quiet" icon={<MoreHorizontal {...icon} />}>
          Workspace
        </Button>
      }
    >
      <MenuItem icon={<Download {...icon} />} onSelect={() => runAction('import')}>
        Import issues…
      </MenuItem>
      <MenuItem icon={<Upload {...icon} />} onSelect={() => runAction('export')}>
        Export…
      </MenuItem>
      <MenuItem icon={<Archive {...icon} />} onSelect={() => runAction('backup')}>
        Back up…
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<ShieldCheck {...icon} />} onSelect={() => runAction('verify')}>
        Verify the log
      </MenuItem>
      <MenuItem icon={<Wrench {...icon} />} onSelect={() => runAction('rebuild')}>
        Rebuild projections
      </MenuItem>
    </Menu>
  )
}
