// Prints what the declarations of the sync protocol's routes come to: docs/openapi.json, and the table in docs/protocol.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { openApiDocument } from '../server/routes/open-api.ts'
import { routeTable } from '../server/routes/route-table.ts'

const place = (file) => new URL(`../docs/${file}`, import.meta.url)
writeFileSync(place('openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`)
const page = readFileSync(place('protocol.md'), 'utf8')
const [before, after] = [page.split('<!-- routes -->\n')[0], page.split('<!-- /routes -->')[1]]
writeFileSync(place('protocol.md'), `${before}<!-- routes -->\n\n${routeTable()}\n\n<!-- /routes -->${after}`)
