import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { it } from 'vitest'
import { modelServer } from './testing/model-server.ts'
import { network } from './testing/network.ts'
import { newReplica } from './testing/replica.ts'
import { anySchedule, playSchedule } from './testing/schedules.ts'

/** `DOCKET_TEST_LONG=1` for the long mode; `DOCKET_CONVERGENCE_RUNS` for any number. */
const runs = Number(process.env.DOCKET_CONVERGENCE_RUNS ?? (process.env.DOCKET_TEST_LONG ? 3_000 : 120))

it(
  `${runs} schedules of 2 to 5 copies end with equal states and feeds and nothing lost`,
  async () => {
    await fc.assert(
      fc.asyncProperty(anySchedule, async (schedule) => {
        const skew = Array.from({ length: schedule.count }, () => 0)
        const server = modelServer(Date.now)
        const historyId = uuidv7()
        const replicas = skew.map((_, at) =>
          newReplica(`Member ${at}`, uuidv7(), historyId, () => Date.now() + (skew[at] as number)),
        )
        let restoreServer: (() => void) | undefined
        try {
          await playSchedule(schedule, {
            replicas,
            skew,
            network: network(),
            server: () => server,
            backUpServer: () => {
              restoreServer = server.snapshot()
            },
            strikeServer: () => restoreServer?.(),
            serverIds: () => server.events.map(({ event }) => event.id.replaceAll('-', '')),
          })
        } finally {
          for (const replica of replicas) replica.close()
        }
      }),
      { numRuns: runs, interruptAfterTimeLimit: 20 * 60_000, markInterruptAsFailure: true },
    )
  },
  21 * 60_000,
)
