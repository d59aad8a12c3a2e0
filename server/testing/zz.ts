import { startServer } from '../start-server.ts'
import { person } from './both-databases.ts'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
const s = await startServer({ data: '/tmp/zz-data', limits: { token: 1e6, address: 1e6, attempts: 1e6 } })
const o = await person(s, (await s.admin.createWorkspace('x')).code)
for (const how of ['chunked', 'length', 'fetch', 'bomb']) {
const tally: Record<string, number> = {}
const bomb = gzipSync(Buffer.alloc(400 << 20))
const t = performance.now()
for (let i = 0; i < 60; i++) {
  const headers = { authorization: `Bearer ${o.joined.token}`, 'docket-protocol': '1' }
  const url = `${s.url}/v1/workspaces/${o.joined.workspaceId}/push`
  const a = how === 'fetch' || how === 'bomb' ? await fetch(url, { method: 'POST', headers: how === 'bomb' ? { ...headers, 'content-encoding': 'gzip' } : headers, body: how === 'bomb' ? bomb : Buffer.alloc(50 << 20) }).then((r) => String(r.status), String) : await new Promise<string>((resolve) => {
    const r = request(url, { method: 'POST', headers: how === 'length' ? { ...headers, 'content-length': 50 << 20 } : headers }, (res) => { resolve(String(res.statusCode)); r.destroy() })
    r.on('error', (e) => resolve(String(e)))
    const piece = Buffer.alloc(1 << 20, 32); let left = 50
    const more = (): void => { while (left > 0) { left--; if (!r.write(piece)) return void r.once('drain', more) } r.end() }
    more()
  })
  tally[a] = (tally[a] ?? 0) + 1
}
console.log(how, tally, Math.round((performance.now() - t) / 60), 'ms each', process.memoryUsage().rss >> 20)
}
await s.close()
