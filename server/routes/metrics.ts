import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LogLine } from '../http/log-line.ts'

/** What Prometheus is told. */
export type Metrics = {
  request(line: LogLine): void
  databaseTrouble(): void
  text(): Promise<string>
  readonly contentType: string
}

/** @param listeners how many wait for nudges. @param stored how many events there are. @param waiting requests that wait for their workspace's turn, and for a connection. */
export function metrics(
  listeners: () => number,
  stored: () => Promise<number>,
  waiting: () => { readonly turn: number; readonly connection: number },
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'docket_requests_total',
    help: 'Requests by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'docket_request_seconds',
    help: 'How long requests took, streams left out',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'docket_refusals_total',
    help: 'What was refused, by code',
    labelNames: ['code'],
    registers: [registry],
  })
  const troubles = new Counter({
    name: 'docket_database_troubles_total',
    help: 'Connections to the database that were lost',
    registers: [registry],
  })
  new Gauge({
    name: 'docket_nudge_listeners',
    help: 'Devices that wait to be nudged',
    registers: [registry],
    collect() {
      this.set(listeners())
    },
  })
  new Gauge({
    name: 'docket_database_waiting',
    help: 'Requests that wait for their workspace’s turn, or for a connection to the database',
    labelNames: ['for'],
    registers: [registry],
    collect() {
      const { turn, connection } = waiting()
      this.set({ for: 'turn' }, turn)
      this.set({ for: 'connection' }, connection)
    },
  })
  new Gauge({
    name: 'docket_events_stored',
    help: 'Events of all workspaces',
    registers: [registry],
    async collect() {
      this.set(await stored())
    },
  })
  return {
    request({ method, route, status, millis, refusal }) {
      requests.inc({ method, route, status })
      if (!route.endsWith('/nudges')) seconds.observe({ route }, millis / 1_000)
      if (refusal) refusals.inc({ code: refusal })
    },
    databaseTrouble: () => troubles.inc(),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
