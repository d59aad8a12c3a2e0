import { registerHooks } from 'node:module'

// Loaded first (`--import`, or before anything else is imported): to learn the format of each of drizzle's many small files, Node parses drizzle's
// package.json anew, whose map of exports has 180 kB. That was half of the time that a command took to start; they are all ES modules.
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context
    if (specifier.startsWith('.') && parentURL?.includes('/node_modules/drizzle-orm/'))
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    return next(specifier, context)
  },
})
