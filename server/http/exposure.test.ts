import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Exposure, isLoopback, judgeExposure, ServerUsageError } from './exposure.ts'

const alone: Exposure = {
  host: '127.0.0.1',
  tls: false,
  trustProxy: false,
  allowPlainHttp: false,
  publicUrl: undefined,
  metricsToken: undefined,
  publicMetrics: false,
}

const exposures = fc.record({
  host: fc.constantFrom(
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    'localhost',
    '0.0.0.0',
    '::',
    '192.0.2.7',
    'docket.example',
  ),
  tls: fc.boolean(),
  trustProxy: fc.boolean(),
  allowPlainHttp: fc.boolean(),
  publicUrl: fc.constantFrom(undefined, 'http://127.0.0.1:7420', 'https://docket.example'),
  metricsToken: fc.constantFrom(undefined, 'secret'),
  publicMetrics: fc.boolean(),
})

describe('how a server can be reached', () => {
  it('on this machine alone nothing is asked for, and nothing is said', () => {
    expect(judgeExposure(alone)).toEqual({ openMetrics: true, warnings: [] })
  })

  it('beyond this machine plain HTTP needs its flag, and metrics need a token or theirs', () => {
    fc.assert(
      fc.property(exposures, (exposure) => {
        const { host, tls, trustProxy, allowPlainHttp, metricsToken, publicMetrics } = exposure
        const plain = !isLoopback(host) && !tls && !trustProxy
        if (plain && !allowPlainHttp) {
          expect(() => judgeExposure(exposure)).toThrow(ServerUsageError)
          return
        }
        const { openMetrics, warnings } = judgeExposure(exposure)
        expect(warnings.some((line) => line.startsWith('Plain HTTP'))).toBe(plain)
        const reachable = !isLoopback(host) || trustProxy || exposure.publicUrl === 'https://docket.example'
        const unguarded = reachable && metricsToken === undefined
        expect(openMetrics).toBe(!unguarded || publicMetrics)
        expect(warnings.some((line) => line.includes('/metrics'))).toBe(unguarded)
      }),
    )
  })

  it.each(['10.0.0.1', '0.0.0.0', '::', 'localhost.example', '1270.0.0.1', '128.0.0.1'])(
    '%s is not this machine alone',
    (host) => expect(isLoopback(host)).toBe(false),
  )
})
