import { type Hello, type HelloRequest, understands } from '#contract/sync-api/hello.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import type { ChainEnd, ChainReader } from '#db/log/read/chain-reader.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import { hashEnds, inOrder } from '#db/log/rows/hash-chain.ts'
import type { RoundOptions } from './round-types.ts'

/**
 * Greets the server with the ends of all chains here. Of the server's own, which it begins with every start and which pile up, all but the newest are
 * said in one hash where it understands that; the answer is made whole again, so that whoever reads it finds every chain with its end.
 */
export async function greet(
  { server, chains, memory }: Pick<RoundOptions, 'server' | 'chains' | 'memory'>,
  ends: readonly ChainEnd[],
): Promise<Result<Hello, RemoteCode>> {
  const greeted = memory.greeted()
  const finished =
    greeted && understands(greeted, 'finished_chains') ? finishedEnds(chains, ends, greeted.workspaceId) : []
  const request: HelloRequest = {
    chains: ends
      .filter((end) => !finished.includes(end))
      .map(({ chain, seq, hash }) => ({ chain, seq, hash })),
    cursor: memory.cursor(),
    ...(finished.length > 0 ? { finished: { count: finished.length, hash: hashEnds(finished) } } : {}),
  }
  const answer = await server.hello(request)
  if (!answer.ok) {
    // It was exchanged for an older one since: that is told nothing that it does not understand.
    if (!request.finished || answer.error.code !== 'invalid_request') return answer
    memory.keepGreeted({ workspaceId: greeted?.workspaceId ?? '', understands: [] })
    return greet({ server, chains, memory }, ends)
  }
  memory.keepGreeted(answer.value)
  return { ok: true, value: whole(answer.value, finished) }
}

/** The server's own chains as they are here, all but the newest, which may be the one that it goes on with. */
function finishedEnds(
  chains: ChainReader,
  ends: readonly ChainEnd[],
  workspaceId: string,
): readonly ChainEnd[] {
  const serverActor = deriveId('server', workspaceId)
  const own = ends.filter(
    ({ chain, fork, ours, seq }) =>
      !fork && !ours && seq > 0 && chains.page(chain, 0, 1, 0)[0]?.actorId === serverActor,
  )
  return inOrder(own).slice(0, -1)
}

/** The greeting with the chains that it left out because they are here to the same ends. */
function whole(hello: Hello, finished: readonly ChainEnd[]): Hello {
  const { finished: count, ...said } = hello
  if (finished.length === 0 || count !== finished.length) return said
  const listed = new Set(said.chains.map(({ chain }) => chain))
  const leftOut = finished.filter(({ chain }) => !listed.has(chain))
  return {
    ...said,
    chains: [
      ...said.chains,
      ...leftOut.map(({ chain, replicaId, seq, hash }) => ({ chain, replicaId, seq, hash })),
    ],
    serverChains: [...said.serverChains, ...leftOut.map(({ chain }) => chain)],
  }
}
