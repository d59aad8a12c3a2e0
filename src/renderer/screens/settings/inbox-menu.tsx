import { History, MoreHorizontal, Pause, Play, Send } from 'lucide-react'
import { useState } from 'react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { deliveriesPath } from '../../lib/paths.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/controls/menu.tsx'
import { BackfillDialog } from './backfill-dialog.tsx'
import { useInboxChange } from './use-inbox-change.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const

/** What is seldom done with an inbox. */
export function InboxMenu({ inbox }: { readonly inbox: InboxView }) {
  const change = useInboxChange()
  const [lookingBack, setLookingBack] = useState(false)
  const { name, title, state } = inbox
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={`More for ${title}`} icon={<MoreHorizontal size={16} strokeWidth={1.5} />} />
        }
      >
        {state === 'paused' ? (
          <MenuItem
            icon={<Play {...icon} />}
            onSelect={() => void change('inboxes.resume', { name }, `${title} goes on`)}
          >
            Resume
          </MenuItem>
        ) : (
          <MenuItem
            icon={<Pause {...icon} />}
            disabled={state === 'off'}
            onSelect={() =>
              void change('inboxes.pause', { name }, `${title} is paused; what comes meanwhile waits`)
            }
          >
            Pause
          </MenuItem>
        )}
        <MenuItem
          icon={<History {...icon} />}
          disabled={state === 'off'}
          onSelect={() => setLookingBack(true)}
        >
          Look again from…
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<Send {...icon} />}
          onSelect={() => navigate(`${deliveriesPath}?${new URLSearchParams({ inbox: name })}`)}
        >
          Show deliveries
        </MenuItem>
      </Menu>
      {lookingBack && <BackfillDialog inbox={inbox} onClose={() => setLookingBack(false)} />}
    </>
  )
}
