import '#db/sqlite/quick-imports.ts'

// The inbox worker's entry.
await import('./worker-process.ts')
