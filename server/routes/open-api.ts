import { createDocument } from 'zod-openapi'
import { protocolHeader, protocolVersion } from '#contract/sync-api/protocol.ts'
import { syncRefusal } from '#contract/sync-api/refusals.ts'
import { type SyncRoute, syncRoutes } from '#contract/sync-api/routes.ts'

const parameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name as string,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }))

let document: ReturnType<typeof createDocument> | undefined

/** The OpenAPI document, made of the schemas that the routes check with. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  document ??= createDocument({
    openapi: '3.1.0',
    info: { title: 'Docket sync server', version: String(protocolVersion) },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: Object.values<SyncRoute>(syncRoutes).reduce<Record<string, Record<string, object>>>(
      (paths, route) => {
        const { path, method, summary, body, query, answer, status = 200, rights, media } = route
        paths[path] = {
          ...paths[path],
          [method.toLowerCase()]: {
            summary,
            ...(rights === 'invite' ? {} : { security: [{ token: [] }] }),
            parameters: [
              ...parameters(path),
              {
                name: protocolHeader,
                in: 'header',
                required: true,
                schema: { type: 'string', const: String(protocolVersion) },
              },
            ],
            ...(query ? { requestParams: { query } } : {}),
            ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
            responses: {
              [status]: {
                description: 'Done',
                ...(answer ? { content: { [media ?? 'application/json']: { schema: answer } } } : {}),
              },
              default: {
                description: 'Refused, with a code and a sentence',
                content: { 'application/json': { schema: syncRefusal } },
              },
            },
          },
        }
        return paths
      },
      {},
    ),
  })
  return document
}
