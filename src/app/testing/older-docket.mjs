import { registerHooks } from 'node:module'

// Preloaded (`node --import`), it makes an older Docket of this one: types and kinds of streams named in DOCKET_TEST_HIDDEN (`archived,stream project`)
// are not in its registry, nor with `own types` those of the workspace's own. Every process and thread that such a one starts is older, too.
const hidden = JSON.stringify((process.env.DOCKET_TEST_HIDDEN ?? '').split(',').filter(Boolean))

const changes = [
  ['      register(type)\n', `      if (${hidden}.includes(type.name)) continue\n      register(type)\n`],
  [
    '    streamTypes.some((candidate) => candidate === stream)',
    `    streamTypes.some((candidate) => candidate === stream && !${hidden}.includes('stream ' + stream))`,
  ],
  [
    '...streamTypes.map((stream) => `stream ${stream}`)',
    `...streamTypes.map((stream) => 'stream ' + stream).filter((line) => !${hidden}.includes(line))`,
  ],
  [
    'schemaVersion === ownTypeVersion &&',
    `!${hidden}.includes('own types') && schemaVersion === ownTypeVersion &&`,
  ],
]

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/src/core/event-registry.ts')) return loaded
    let source = String(loaded.source)
    for (const [was, is] of changes) {
      if (!source.includes(was))
        throw new Error(`older-docket.mjs does not know event-registry.ts any more: ${was}`)
      source = source.replace(was, () => is)
    }
    return { ...loaded, source }
  },
})
