import { ArrowUpDown } from 'lucide-react'
import { useActions } from '../../lib/shortcuts/action-handlers.ts'
import { keysFor } from '../../lib/shortcuts/actions.ts'
import { Button } from '../controls/button.tsx'
import { Tooltip } from '../controls/tooltip.tsx'
import { renewOrders, useOrderChanged } from './open-orders.ts'
import styles from './order-changed.module.css'

/** Says that rows would stand elsewhere by now, and brings them there when asked: nothing moves by itself under a hand. */
export function OrderChanged() {
  const changed = useOrderChanged()
  useActions({ 'list.renew': renewOrders })
  return (
    <span role="status">
      {changed && (
        <Tooltip text="Show the order of now" keys={keysFor('list.renew')}>
          <Button
            variant="quiet"
            className={styles.button}
            icon={<ArrowUpDown size={14} strokeWidth={1.5} aria-hidden />}
            onClick={renewOrders}
          >
            Order changed
          </Button>
        </Tooltip>
      )}
    </span>
  )
}
