// The plan of the house: HOUSE.md names the rooms, DESIGN.md the arrows. A folder imports what it may by the list below, and nothing else of ours.
const core = '^src/core/'
const contract = '^src/contract/'
const db = '^db/'
const inboxes = '^inboxes/'
const server = '^server/'
const app = '^src/app/'
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

/** The folders of `room` import nothing of each other. */
const beside = (name, room, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `${room}([^/]+)/`, pathNot: tests },
  to: { path: room, pathNot: `${room}$1/` },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('core-knows-nobody', core, [], 'The core is pure and imports nothing of ours.'),
    only('contract-knows-core', contract, [core], 'The contract speaks of the core alone.'),
    only('db-knows-core', db, [core], 'The event store knows neither the contract nor a host.'),
    only(
      'rows-know-no-log',
      '^db/(files|sqlite|log/rows)/',
      [core, '^db/(schema\\.ts$|setting-names\\.ts$|files/|sqlite/|log/rows/)'],
      'What is stored in a row stands below the log, and below what reads it.',
    ),
    only(
      'inbox-contract-is-below',
      '^inboxes/(contract|store|log|shared|http|routed)/',
      [contract, core, db, '^inboxes/(contract|store|log|shared|http|routed)/'],
      'What every inbox uses knows no inbox, runner or worker.',
    ),
    only(
      'inbox-knows-no-runner',
      '^inboxes/builtin/',
      [contract, core, db, '^inboxes/(contract|store|log|shared|http|routed)/'],
      'An inbox does not know who runs it.',
    ),
    beside(
      'inbox-knows-no-inbox',
      '^inboxes/builtin/',
      'What two inboxes share stands in inboxes/shared, http or routed.',
    ),
    only(
      'ui-knows-no-screen',
      '^src/renderer/(lib|ui)/',
      [contract, core, '^src/renderer/(lib|ui)/'],
      'What all screens use knows no screen and no frame.',
    ),
    only(
      'screens-know-no-frame',
      '^src/renderer/screens/',
      [contract, core, '^src/renderer/(lib|ui|screens)/'],
      'The frame shows screens; no screen knows it.',
    ),
    beside('screen-knows-no-screen', '^src/renderer/screens/', 'What two screens share stands in ui or lib.'),
    only(
      'inboxes-know-contract-core-db',
      inboxes,
      [contract, core, db],
      'Inboxes read events; hosts start them.',
    ),
    only(
      'server-knows-contract',
      server,
      [contract, core, '^db/(files|sqlite|log/rows)/', launcher],
      'The sync server needs no host and no log: files, locks, hashes and derived ids alone.',
    ),
    only('app-is-below-the-shells', app, [db, contract, core, inboxes], 'The app service knows no shell.'),
    only('web-host', web, [app, db, contract, core, inboxes], 'A shell; it knows no other shell.'),
    only('desktop-host', main, [app, db, contract, core, inboxes], 'A shell; it knows no other shell.'),
    only(
      'cli-is-a-shell',
      cli,
      [app, web, db, contract, core, inboxes, launcher],
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
      comment:
        'An inbox never writes the log: it may use the types of db, and the folders that open a file and read it.',
      severity: 'error',
      from: { path: inboxes, pathNot: tests },
      to: {
        path: db,
        dependencyTypesNot: ['type-only'],
        pathNot: '^db/(schema\\.ts$|setting-names\\.ts$|files/|sqlite/|queries/|log/rows/|log/read/)',
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
      comment: 'A circle has no floor to stand on, also where only types close it.',
      severity: 'error',
      from: { pathNot: tests },
      to: { circular: true },
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
