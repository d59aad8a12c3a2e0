CREATE TABLE `clock_jumps` (
	`position` integer PRIMARY KEY NOT NULL,
	`against` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `corrected_times` (
	`position` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`stream_id` integer NOT NULL,
	`actor_id` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `corrected_times_at` ON `corrected_times` (`at`);--> statement-breakpoint
CREATE INDEX `corrected_times_stream` ON `corrected_times` (`stream_id`,`at`);--> statement-breakpoint
CREATE INDEX `corrected_times_actor` ON `corrected_times` (`actor_id`,`at`);--> statement-breakpoint
CREATE TABLE `time_corrections` (
	`position` integer NOT NULL,
	`chain_id` integer NOT NULL,
	`from_seq` integer NOT NULL,
	`to_seq` integer NOT NULL,
	`by_millis` integer NOT NULL,
	PRIMARY KEY(`position`, `chain_id`, `from_seq`)
);
--> statement-breakpoint
ALTER TABLE `chains` ADD `last_at` integer;