#!/usr/bin/env node
// Starts on any Node, and runs the server on one that can; see scripts/new-node.mjs.
import { runOnNewNode } from '../scripts/new-node.mjs'

await runOnNewNode('docket-server', new URL('./main.ts', import.meta.url))
