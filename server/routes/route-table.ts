import { type SyncRoute, syncRoutes } from '#contract/sync-api/routes.ts'

/** The table of routes in `docs/protocol.md`, printed from their declarations. */
export function routeTable(): string {
  const rows = Object.values<SyncRoute>(syncRoutes).map(({ method, path, rights, summary }) => [
    `\`${method} ${path.replace('/v1/workspaces/{workspace}', 'AT')}\``,
    rights === 'invite' ? 'whoever has an invite' : rights,
    summary,
  ])
  const head = ['route', 'for', 'does']
  const widths = head.map((word, column) =>
    Math.max(word.length, ...rows.map((row) => (row[column] as string).length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
