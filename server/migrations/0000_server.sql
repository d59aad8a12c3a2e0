CREATE TABLE "aliases" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	CONSTRAINT "aliases_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "chains" (
	"workspace_id" uuid NOT NULL,
	"chain" uuid NOT NULL,
	"replica_id" uuid NOT NULL,
	"fork_chain" uuid,
	"fork_seq" integer,
	"member_id" uuid,
	"last_seq" integer NOT NULL,
	"last_hash" text NOT NULL,
	CONSTRAINT "chains_workspace_id_chain_pk" PRIMARY KEY("workspace_id","chain")
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"public_key" text,
	"proof" text,
	"created_at" bigint NOT NULL,
	"seen_at" bigint,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "digests" (
	"workspace_id" uuid NOT NULL,
	"chain" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"digest" text NOT NULL,
	"events" integer NOT NULL,
	"at" bigint NOT NULL,
	"evidence" "bytea",
	CONSTRAINT "digests_workspace_id_chain_pk" PRIMARY KEY("workspace_id","chain")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"workspace_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"chain" uuid NOT NULL,
	"replica_seq" integer NOT NULL,
	"id" uuid NOT NULL,
	"stream_type" text NOT NULL,
	"stream_id" uuid NOT NULL,
	"type" text NOT NULL,
	"schema_version" integer NOT NULL,
	"actor_id" uuid NOT NULL,
	"hlc" bigint NOT NULL,
	"occurred_at" bigint NOT NULL,
	"hash" text NOT NULL,
	"mark" text NOT NULL,
	"data" text,
	"metadata" text,
	"sealed" text,
	"key" integer,
	"payload_hash" text,
	"imported" boolean,
	"number" integer,
	"ahead_millis" bigint,
	CONSTRAINT "events_workspace_id_seq_pk" PRIMARY KEY("workspace_id","seq")
) PARTITION BY HASH ("workspace_id");
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"code_hash" text NOT NULL,
	"role" text NOT NULL,
	"member_id" uuid,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"used_at" bigint
);
--> statement-breakpoint
CREATE TABLE "issue_numbers" (
	"workspace_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"stream_id" uuid NOT NULL,
	CONSTRAINT "issue_numbers_workspace_id_number_pk" PRIMARY KEY("workspace_id","number")
);
--> statement-breakpoint
CREATE TABLE "key_boxes" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"key" integer NOT NULL,
	"box" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "key_ladder" (
	"workspace_id" uuid NOT NULL,
	"key" integer NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "key_ladder_workspace_id_key_pk" PRIMARY KEY("workspace_id","key")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"workspace_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"joined_at" bigint NOT NULL,
	"removed_at" bigint,
	CONSTRAINT "members_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"history_id" uuid,
	"created_at" bigint NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"last_mark" text NOT NULL,
	"last_number" integer DEFAULT 0 NOT NULL,
	"key" integer DEFAULT 0 NOT NULL,
	"secret" text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "devices_token" ON "devices" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "events_chain" ON "events" USING btree ("workspace_id","chain","replica_seq");--> statement-breakpoint
CREATE UNIQUE INDEX "invites_code" ON "invites" USING btree ("code_hash");
--> statement-breakpoint
CREATE TABLE "events_0" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 0);
--> statement-breakpoint
CREATE TABLE "events_1" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 1);
--> statement-breakpoint
CREATE TABLE "events_2" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 2);
--> statement-breakpoint
CREATE TABLE "events_3" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 3);
--> statement-breakpoint
CREATE TABLE "events_4" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 4);
--> statement-breakpoint
CREATE TABLE "events_5" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 5);
--> statement-breakpoint
CREATE TABLE "events_6" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 6);
--> statement-breakpoint
CREATE TABLE "events_7" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 7);
--> statement-breakpoint
CREATE TABLE "events_8" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 8);
--> statement-breakpoint
CREATE TABLE "events_9" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 9);
--> statement-breakpoint
CREATE TABLE "events_10" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 10);
--> statement-breakpoint
CREATE TABLE "events_11" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 11);
--> statement-breakpoint
CREATE TABLE "events_12" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 12);
--> statement-breakpoint
CREATE TABLE "events_13" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 13);
--> statement-breakpoint
CREATE TABLE "events_14" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 14);
--> statement-breakpoint
CREATE TABLE "events_15" PARTITION OF "events" FOR VALUES WITH (MODULUS 16, REMAINDER 15);
