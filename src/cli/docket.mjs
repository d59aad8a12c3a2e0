#!/usr/bin/env node
// Starts on any Node, and runs the command on one that can: see scripts/new-node.mjs.
import { runOnNewNode } from '../../scripts/new-node.mjs'

await runOnNewNode('docket', new URL('./main.ts', import.meta.url))
