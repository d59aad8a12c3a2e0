// The plan of the house; STYLE.md draws the floors. A folder may import what stands on the floors below it, and nothing beside it.
const core = '^src/core/'
const contract = '^src/contract/'
const db = '^db/'
const inboxes = '^inboxes/'
const server = '^server/'
const host = '^src/app/'
const web = '^src/web/'
const main = '^src/main/'
const preload = '^src/preload/'
const renderer = '^src/renderer/'
const cli = '^src/cli/'
/** Finds a Node that can run a command, before anything else of ours is loaded. */
const launcher = '^scripts/(end-with-npm|new-node)\\.mjs$'
const ours = '^(src|db|inboxes|server|e2e|bench|scripts)/'
const tests = '\\.(test|fixture|contract)\\.tsx?$|/testing/'

/** Code of `from` imports none of ours but itself and `allowed`. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: ours, pathNot: [from, ...allowed] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('core-knows-nobody', core, [], 'The core is pure and imports nothing of ours.'),
    only('contract-knows-core', contract, [core], 'The contract speaks of the core alone.'),
    only('db-knows-core', db, [core], 'The event store knows neither the contract nor a host.'),
    only(
      'inboxes-know-contract-core-db',
      inboxes,
      [contract, core, db],
      'Inboxes read events; hosts start them.',
    ),
    only('server-knows-core', server, [contract, core, db, launcher], 'The sync server needs no host.'),
    only('host-is-below-the-shells', host, [db, contract, core, inboxes], 'The app service knows no shell.'),
    only('web-host', web, [host, db, contract, core, inboxes], 'A shell; it knows no other shell.'),
    only('desktop-host', main, [host, db, contract, core, inboxes], 'A shell; it knows no other shell.'),
    only(
      'cli-is-a-shell',
      cli,
      [host, web, db, contract, core, inboxes, launcher],
      'The command may start the web host (`docket serve`).',
    ),
    only('preload-knows-contract', preload, [contract, core], 'The bridge only passes calls on.'),
    only(
      'renderer-knows-contract',
      renderer,
      [contract, core],
      'The window reaches everything through the contract.',
    ),
    {
      name: 'inboxes-only-read',
      comment: 'An inbox never writes the log: it may use the types of the event store and its read side.',
      severity: 'error',
      from: { path: inboxes, pathNot: tests },
      to: {
        path: db,
        dependencyTypesNot: ['type-only'],
        // Read sides alone.
        pathNot:
          '^db/(sqlite/open-database|log/rows/event-rows|sqlite/database-refusal|sqlite/uuid-bytes|schema|log/rows/stream-ids|log/read/issue-cache|queries/issue-list/issue-list|queries/entity-query|queries/rule-query|sqlite/quick-imports|log/rows/derived-id|log/read/chain-reader|log/rows/corrected-times|log/rows/hash-chain|queries/state-digest|log/rows/fold-name|log/rows/event-columns|queries/issue-list/issue-column-cache|queries/unreadable-count|log/rows/payload-problem|sqlite/exclusive-lock|sqlite/migrate|sqlite/write-ahead|files/private-files|files/replace-file|files/user-folder)\\.ts$',
      },
    },
    {
      name: 'electron-in-the-desktop-shell-only',
      comment: 'Everything else runs under plain Node or in a browser.',
      severity: 'error',
      from: { path: ours, pathNot: ['^src/main/', '^src/preload/', '^e2e/'] },
      to: { path: '(^|node_modules/)electron(/|$)' },
    },
    {
      name: 'no-node-in-the-window',
      comment: 'The renderer and the core run where Node is not.',
      severity: 'error',
      from: { path: [renderer, core, contract, preload, '^src/web/browser/'], pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-circular',
      comment: 'A circle has no floor to stand on. One that a type closes is none when it runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-tests',
      comment: 'Tests and their fixtures are imported by tests alone.',
      severity: 'error',
      from: { path: ours, pathNot: [tests, '^e2e/', '^bench/'] },
      to: { path: tests },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    {
      name: 'declared-dependencies',
      comment: 'What is imported is listed in package.json, and what runs is not a development dependency.',
      severity: 'error',
      from: { path: ['^src/', '^db/', '^inboxes/', '^server/'], pathNot: [tests] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
