import { webhooks } from '../builtin/webhooks/webhooks.ts'
import { bug } from './described-workspace.ts'
import { contextFor } from './inbox-context.ts'
import { ada, grace, idOf, issueOne, makeDelivery, makeEvent, testStart } from './made-events.ts'

/** The secret that `docs/webhooks.md` signs with. */
export const exampleSecret = 'whsec_RG9ja2V0IGV4YW1wbGUgc2VjcmV0LCAzMiBieXRlcyE='

/** Sends the event that `docs/webhooks.md` shows. */
export function deliverExample(url: string, now: () => number = () => testStart + 2_000) {
  const event = {
    ...makeEvent(
      'commented',
      { commentId: idOf(5), body: 'It hangs here too.' },
      {
        id: '019ca92d-6c00-7000-8000-00000000e001',
        streamVersion: 7,
        position: 812,
        actorId: grace,
        schemaVersion: 2,
        occurredAt: testStart,
      },
    ),
    replicaSeq: 806,
  }
  const context = contextFor(webhooks, {
    settings: { endpoints: [{ id: 'example', name: 'Example', url }] },
    secrets: { 'secret:example': exampleSecret },
    workspace: {
      issues: [
        {
          id: issueOne,
          exists: true,
          number: 42,
          title: 'The export hangs',
          status: 'in_progress',
          priority: 'high',
          authorId: ada,
          assignees: [ada],
          labels: [bug],
        },
      ],
    },
    now,
  })
  const key = '5f0d7c1e-2a34-8b56-9c78-d90e1f2a3b4c'
  return webhooks.handle(makeDelivery(event, 'example', { key }), context)
}
