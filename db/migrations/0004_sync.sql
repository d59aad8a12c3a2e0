CREATE TABLE `chains_new` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` blob NOT NULL,
	`replica` blob NOT NULL,
	`fork_of` integer,
	`fork_seq` integer,
	`own` integer NOT NULL,
	`ours` integer DEFAULT false NOT NULL,
	`last_seq` integer NOT NULL,
	`last_hash` blob NOT NULL,
	`last_hlc` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `chains_new` SELECT `id`, `replica`, `replica`, NULL, NULL, `own`, `own`, `last_seq`, `last_hash`, `last_hlc` FROM `chains`;--> statement-breakpoint
DROP TABLE `chains`;--> statement-breakpoint
ALTER TABLE `chains_new` RENAME TO `chains`;--> statement-breakpoint
CREATE UNIQUE INDEX `chains_key_unique` ON `chains` (`key`);--> statement-breakpoint
ALTER TABLE `events` ADD `copy` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
DROP INDEX `events_id`;--> statement-breakpoint
CREATE UNIQUE INDEX `events_id` ON `events` (`id`,`copy`);--> statement-breakpoint
DROP TRIGGER `events_never_changed`;--> statement-breakpoint
CREATE TRIGGER `events_never_changed` BEFORE UPDATE ON `events`
WHEN NOT (
	NEW.data IS NULL AND NEW.metadata IS NULL AND OLD.data IS NOT NULL AND length(NEW.payload_hash) = 32
	AND NEW.position = OLD.position AND NEW.id = OLD.id AND NEW.stream_id = OLD.stream_id
	AND NEW.stream_version = OLD.stream_version AND NEW.type_id = OLD.type_id AND NEW.schema_version = OLD.schema_version
	AND NEW.actor_id = OLD.actor_id AND NEW.chain_id = OLD.chain_id AND NEW.replica_seq = OLD.replica_seq
	AND NEW.hlc = OLD.hlc AND NEW.occurred_at = OLD.occurred_at AND NEW.origin = OLD.origin
	AND NEW.quiet = OLD.quiet AND NEW.hash = OLD.hash AND NEW.copy = OLD.copy
)
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
--> statement-breakpoint
-- Snapshots of the state as it was before it knew of conflicts.
DROP TABLE `snapshots`;--> statement-breakpoint
CREATE TABLE `snapshots` (
	`stream_id` integer NOT NULL,
	`version` integer NOT NULL,
	`newest` integer NOT NULL,
	`place` text NOT NULL,
	`state` text NOT NULL,
	PRIMARY KEY(`stream_id`, `version`)
);
--> statement-breakpoint
DROP INDEX `issues_number`;--> statement-breakpoint
CREATE INDEX `issues_number` ON `issues` (`number`);--> statement-breakpoint
CREATE TABLE `issue_keys_new` (
	`key` text NOT NULL,
	`issue_id` integer NOT NULL,
	PRIMARY KEY(`key`, `issue_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `issue_keys_new` SELECT `key`, `issue_id` FROM `issue_keys`;--> statement-breakpoint
DROP TABLE `issue_keys`;--> statement-breakpoint
ALTER TABLE `issue_keys_new` RENAME TO `issue_keys`;--> statement-breakpoint
CREATE TABLE `conflicts` (
	`issue_id` integer NOT NULL,
	`key` text NOT NULL,
	`field` text NOT NULL,
	`of` text,
	`lost` integer NOT NULL,
	`won` integer NOT NULL,
	`at` integer NOT NULL,
	`settled` text,
	`settled_by` integer,
	`settled_at` integer,
	PRIMARY KEY(`issue_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `conflicts_open` ON `conflicts` (`at`) WHERE settled IS NULL;--> statement-breakpoint
CREATE INDEX `conflicts_at` ON `conflicts` (`at`);--> statement-breakpoint
CREATE TABLE `ahead_events` (
	`position` integer PRIMARY KEY NOT NULL,
	`millis` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `repeated_events` (
	`position` integer PRIMARY KEY NOT NULL
);
