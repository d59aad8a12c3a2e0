import { PGlite } from '@electric-sql/pglite'

// What PGlite alone takes for as many rows as the server is given: `pglite-child.ts DIR ROWS`; says its resident memory in bytes.
const [, , folder = '', rows = '0'] = process.argv
const database = await PGlite.create(folder)
await database.exec('CREATE TABLE bare (seq bigint PRIMARY KEY, hash text, data text)')
const batch = 500
for (let from = 0; from < Number(rows); from += batch) {
  const list = Array.from({ length: batch }, (_, n) => ({
    seq: from + n,
    hash: 'a'.repeat(64),
    data: `{"body":"${'x'.repeat(300)}"}`,
  }))
  await database.query(
    'INSERT INTO bare SELECT * FROM json_to_recordset($1::json) AS r(seq bigint, hash text, data text)',
    [JSON.stringify(list)],
  )
}
process.stdout.write(`${process.memoryUsage().rss}\n`)
await database.close()
