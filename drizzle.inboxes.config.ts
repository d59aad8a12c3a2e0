import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './inboxes/store/schema.ts',
  out: './inboxes/store/ledger-migrations',
})
