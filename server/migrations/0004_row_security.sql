-- Each transaction says in docket.workspace whose rows it is about; without that there are none. What is looked up before a workspace is known has
-- a policy of its own: a device by the hash of its token, an invite by that of its code, and the list of workspaces for an administrator.
ALTER TABLE "members" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "members" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "aliases" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "aliases" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "devices" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "devices" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "invites" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "invites" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "chains" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "chains" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "issue_numbers" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "issue_numbers" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_ladder" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_ladder" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "digests" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "digests" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "workspaces" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "workspaces" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_boxes" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_boxes" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "members" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "aliases" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "devices" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "invites" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "chains" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "events" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "issue_numbers" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "key_ladder" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "digests" USING ("workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "workspaces" USING ("id" = NULLIF(current_setting('docket.workspace', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY "of_workspace" ON "key_boxes" USING (EXISTS (
  SELECT 1 FROM "devices" WHERE "devices"."id" = "key_boxes"."device_id" AND "devices"."workspace_id" = NULLIF(current_setting('docket.workspace', true), '')::uuid));
--> statement-breakpoint
CREATE POLICY "by_token" ON "devices" FOR SELECT USING ("token_hash" = current_setting('docket.token', true));
--> statement-breakpoint
CREATE POLICY "by_code" ON "invites" FOR SELECT USING ("code_hash" = current_setting('docket.code', true));
--> statement-breakpoint
CREATE POLICY "of_admin" ON "workspaces" FOR SELECT USING (current_setting('docket.admin', true) = 'on');
--> statement-breakpoint
-- Reached through their parent alone, whose policy holds then: they have none, and asked for by name they are empty.
ALTER TABLE "events_0" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_0" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_1" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_1" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_2" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_2" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_3" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_3" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_4" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_4" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_5" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_5" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_6" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_6" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_7" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_7" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_8" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_8" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_9" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_9" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_10" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_10" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_11" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_11" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_12" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_12" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_13" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_13" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_14" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_14" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_15" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "events_15" FORCE ROW LEVEL SECURITY;
