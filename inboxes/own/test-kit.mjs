/**
 * Runs a user inbox on events without the app, as Docket would: `shouldProcess` first, then `handle`, one event after the other.
 *
 * @param {{ types?: string[], shouldProcess?: Function, handle: Function }} inbox what the file exports as `inbox`
 * @param {readonly { type: string, data?: object }[]} events what is left out of an event is filled in
 * @param {{ context?: object }} [options] `context` is laid over what the inbox gets: `{ issue, actor, now }`
 * @returns {Promise<{ event: object, outcome: { kind: string, why?: string } }[]>} what each event came to; a throw counts as `retry`, as it does in Docket
 */
export async function runInbox(inbox, events, options = {}) {
  const context = {
    now: Date.now(),
    actor: { id: '00000000-0000-7000-8000-000000000001', name: 'Ada Lovelace', handle: 'ada' },
    issue: {
      id: '00000000-0000-7000-8000-000000000002',
      key: 'DOC-1',
      title: 'An issue',
      status: 'open',
      priority: 'none',
      labels: [],
      project: null,
      assignees: [],
    },
    ...options.context,
  }
  const results = []
  for (const [index, given] of events.entries()) {
    const event = {
      id: `00000000-0000-7000-8001-${String(index + 1).padStart(12, '0')}`,
      streamType: 'issue',
      streamId: context.issue.id,
      streamVersion: index + 1,
      position: index + 1,
      actorId: context.actor.id,
      occurredAt: context.now,
      metadata: { triggeredBy: 'manual' },
      data: {},
      ...given,
    }
    if (inbox.types && !inbox.types.includes(event.type)) continue
    // As in its thread, it gets data and nothing else.
    results.push({ event, outcome: await outcomeOf(inbox, structuredClone(event), structuredClone(context)) })
  }
  return results
}

async function outcomeOf(inbox, event, context) {
  try {
    if (inbox.shouldProcess && !inbox.shouldProcess(event, context))
      return { kind: 'skip', why: 'It did not want this one' }
    return (await inbox.handle(event, context)) ?? { kind: 'done' }
  } catch (error) {
    return { kind: 'retry', why: String(error?.message ?? error) }
  }
}
