ALTER TABLE "invites" ADD COLUMN "created_by" uuid;--> statement-breakpoint
ALTER TABLE "invites" ADD COLUMN "used_by" uuid;--> statement-breakpoint
ALTER TABLE "invites" ADD COLUMN "attempt_hash" text;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "needs_key" boolean DEFAULT false NOT NULL;