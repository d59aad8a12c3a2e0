import '#db/sqlite/quick-imports.ts'

// The web host's entry.
await import('./web-host.ts')
