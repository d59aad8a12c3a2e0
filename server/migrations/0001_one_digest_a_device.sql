-- Said again by every device with its next round.
DELETE FROM "digests";--> statement-breakpoint
ALTER TABLE "digests" DROP CONSTRAINT "digests_workspace_id_chain_pk";--> statement-breakpoint
ALTER TABLE "digests" ADD CONSTRAINT "digests_workspace_id_device_id_pk" PRIMARY KEY("workspace_id","device_id");--> statement-breakpoint
CREATE INDEX "events_id" ON "events" USING btree ("workspace_id","id");--> statement-breakpoint
ALTER TABLE "digests" DROP COLUMN "chain";