/**
 * The role that requests go under where whoever opened the database is above its policies: a superuser, or one with BYPASSRLS. It can't log in, and
 * owns nothing.
 */
export const appRole = 'docket_app'

/** PostgreSQL's code where a role may not be made or given anything. */
export const insufficientPrivilege = '42501'

/** Whether row-level security holds nothing back from whoever asks. */
export const bypassesPolicies =
  'SELECT rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user'

/** Every table that requests read and write; partitions are reached through their parent. */
const tables = [
  'workspaces',
  'members',
  'aliases',
  'devices',
  'invites',
  'chains',
  'events',
  'issue_numbers',
  'key_ladder',
  'key_boxes',
  'digests',
]

/** Makes the role where it is not there, which other databases of the same PostgreSQL may have seen to, and gives it the tables. */
export async function grantRole(run: (statement: string) => Promise<unknown>): Promise<void> {
  await run(`DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${appRole}') THEN
      CREATE ROLE ${appRole} NOLOGIN;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`)
  await run(`GRANT USAGE ON SCHEMA public TO ${appRole}`)
  await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(', ')} TO ${appRole}`)
}
