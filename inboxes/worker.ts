import '#db/quick-imports.ts'

// The inbox worker's entry.
await import('./worker-process.ts')
