CREATE TABLE `attempts` (
	`delivery` integer NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`millis` integer NOT NULL,
	`outcome` text NOT NULL,
	`detail` text NOT NULL,
	PRIMARY KEY(`delivery`, `at`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY NOT NULL,
	`inbox` text NOT NULL,
	`target` text NOT NULL,
	`stream` blob NOT NULL,
	`event_id` blob NOT NULL,
	`position` integer NOT NULL,
	`key` blob NOT NULL,
	`state` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due` integer NOT NULL,
	`due_set_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`detail` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_key` ON `deliveries` (`key`);--> statement-breakpoint
CREATE INDEX `deliveries_waiting` ON `deliveries` (`inbox`,`target`,`stream`,`id`) WHERE state = 0;--> statement-breakpoint
CREATE INDEX `deliveries_order` ON `deliveries` (`inbox`,`target`,`id`) WHERE state = 0;--> statement-breakpoint
CREATE INDEX `deliveries_dead` ON `deliveries` (`inbox`,`id`) WHERE state = 3;--> statement-breakpoint
CREATE INDEX `deliveries_inbox` ON `deliveries` (`inbox`,`id`);--> statement-breakpoint
CREATE TABLE `inboxes` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`enabled` integer NOT NULL,
	`paused` integer DEFAULT false NOT NULL,
	`settings` text DEFAULT '{}' NOT NULL,
	`trouble` text,
	`done` integer DEFAULT 0 NOT NULL,
	`last_done_at` integer,
	`last_error_at` integer,
	`last_error_target` text,
	`last_error` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `minutes` (
	`inbox` text NOT NULL,
	`minute` integer NOT NULL,
	`done` integer NOT NULL,
	`failed` integer NOT NULL,
	`dead` integer NOT NULL,
	PRIMARY KEY(`inbox`, `minute`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` integer PRIMARY KEY NOT NULL,
	`issue` blob NOT NULL,
	`reason` text NOT NULL,
	`state` integer NOT NULL,
	`snoozed_until` integer,
	`events` integer NOT NULL,
	`latest_event` blob NOT NULL,
	`latest_position` integer NOT NULL,
	`latest_at` integer NOT NULL,
	`text` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_issue` ON `notices` (`issue`);--> statement-breakpoint
CREATE INDEX `notices_latest` ON `notices` (`state`,`latest_position`);--> statement-breakpoint
CREATE TABLE `occasions` (
	`key` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`sealer` text NOT NULL,
	`sealed` blob NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `trusted` (
	`file` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
