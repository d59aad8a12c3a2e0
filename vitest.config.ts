import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,db,inboxes,server,bench,scripts}/**/*.test.{ts,tsx}', 'e2e/corpus/*.test.ts'],
    // Native modules and child processes: a process each, as the hosts have it.
    pool: 'forks',
    // Both of the two cores that CI has: left to itself Vitest keeps one of them free.
    maxWorkers: 2,
    // Kill -9 and big-import tests take their time on a busy machine; none of them waits for a clock.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    // Tests start many processes past the launcher, which keeps what it compiled.
    env: {
      NODE_COMPILE_CACHE: join(tmpdir(), 'docket-test-compiled'),
      // What is the person's own stays as it is.
      XDG_CONFIG_HOME: join(tmpdir(), 'docket-test-config'),
    },
  },
})
