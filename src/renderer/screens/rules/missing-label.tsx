import { Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { v7 as newId } from 'uuid'
import { CallError } from '../../lib/queries/call-error.ts'
import { useCall } from '../../lib/queries/use-call.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { Button } from '../../ui/controls/button.tsx'
import styles from './rule-form.module.css'

/** The label that a query names and that is not there: a rule may well be written before the first issue has it. */
function missingLabel(error: unknown): string | null {
  if (!(error instanceof CallError) || error.code !== 'invalid_query') return null
  const { missing, name } = error.details
  return missing === 'label' && typeof name === 'string' ? name : null
}

/** Offers to make the label that a query names and that is not there. */
export function MissingLabel({ query, onMade }: { readonly query: string; readonly onMade: () => void }) {
  const run = useCommands()
  const [asked, setAsked] = useState(query.trim())
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query.trim()), 250)
    return () => clearTimeout(timer)
  }, [query])
  const { error, refetch } = useCall('issues.count', { query: asked }, { enabled: asked !== '' })
  const name = asked === query.trim() ? missingLabel(error) : null
  if (name === null) return null
  const make = async () => {
    const made = await run(
      { type: 'create_label', labelId: newId(), name },
      { done: `Made the label ${name}` },
    )
    if (!made.ok) return
    onMade()
    void refetch()
  }
  return (
    <div className={styles.offer}>
      <Button icon={<Plus size={14} strokeWidth={1.5} aria-hidden />} onClick={() => void make()}>
        Make the label “{name}”
      </Button>
    </div>
  )
}
