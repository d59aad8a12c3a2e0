import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './inboxes/ledger/schema.ts',
  out: './inboxes/ledger/ledger-migrations',
})
