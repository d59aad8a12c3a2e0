CREATE TABLE `activity` (
	`actor_id` integer NOT NULL,
	`hour` integer NOT NULL,
	`kind` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`actor_id`, `hour`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `chains` (
	`id` integer PRIMARY KEY NOT NULL,
	`replica` blob NOT NULL,
	`own` integer NOT NULL,
	`last_seq` integer NOT NULL,
	`last_hash` blob NOT NULL,
	`last_hlc` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chains_replica_unique` ON `chains` (`replica`);--> statement-breakpoint
CREATE TABLE `changed_comments` (
	`position` integer PRIMARY KEY NOT NULL,
	`body_position` integer NOT NULL,
	`edited_at` integer,
	`deleted` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `event_types` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `event_types_name_unique` ON `event_types` (`name`);--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` blob NOT NULL,
	`stream_id` integer NOT NULL,
	`stream_version` integer NOT NULL,
	`type_id` integer NOT NULL,
	`schema_version` integer NOT NULL,
	`actor_id` integer NOT NULL,
	`chain_id` integer NOT NULL,
	`replica_seq` integer NOT NULL,
	`hlc` integer NOT NULL,
	`occurred_at` integer NOT NULL,
	`origin` integer NOT NULL,
	`quiet` integer NOT NULL,
	`hash` blob NOT NULL,
	`data` text,
	`metadata` text,
	`payload_hash` blob
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_id` ON `events` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `events_stream_version` ON `events` (`stream_id`,`stream_version`);--> statement-breakpoint
CREATE INDEX `events_feed` ON `events` (`occurred_at`) WHERE quiet = 0;--> statement-breakpoint
CREATE INDEX `events_feed_stream` ON `events` (`stream_id`,`occurred_at`) WHERE quiet = 0;--> statement-breakpoint
CREATE INDEX `events_feed_actor` ON `events` (`actor_id`,`occurred_at`) WHERE quiet = 0;--> statement-breakpoint
CREATE TABLE `issue_assignees` (
	`issue_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	PRIMARY KEY(`member_id`, `issue_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `issue_assignees_issue` ON `issue_assignees` (`issue_id`);--> statement-breakpoint
CREATE TABLE `issue_counts` (
	`facet` integer NOT NULL,
	`ref` integer NOT NULL,
	`status` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`facet`, `ref`, `status`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `issue_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`issue_id` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `issue_labels` (
	`issue_id` integer NOT NULL,
	`label_id` integer NOT NULL,
	PRIMARY KEY(`label_id`, `issue_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `issue_labels_issue` ON `issue_labels` (`issue_id`);--> statement-breakpoint
CREATE TABLE `issue_links` (
	`source` integer NOT NULL,
	`kind` text NOT NULL,
	`target` integer NOT NULL,
	PRIMARY KEY(`source`, `kind`, `target`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `issue_links_target` ON `issue_links` (`target`);--> statement-breakpoint
CREATE TABLE `issues` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer,
	`status` text NOT NULL,
	`open` integer NOT NULL,
	`archived` integer NOT NULL,
	`priority` integer NOT NULL,
	`due_date` text,
	`author_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`comments` integer NOT NULL,
	`title` text NOT NULL,
	`description` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `issues_number` ON `issues` (`number`);--> statement-breakpoint
CREATE TABLE `labels` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`colour` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `members` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`handle` text NOT NULL,
	`email` text
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `snapshots` (
	`stream_id` integer NOT NULL,
	`version` integer NOT NULL,
	`newest` integer NOT NULL,
	`state` text NOT NULL,
	PRIMARY KEY(`stream_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `streams` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` blob NOT NULL,
	`type` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `streams_uuid` ON `streams` (`uuid`);--> statement-breakpoint
CREATE TABLE `superseded_events` (
	`position` integer PRIMARY KEY NOT NULL,
	`by` integer
);
