DROP INDEX `events_feed`;--> statement-breakpoint
DROP INDEX `events_feed_stream`;--> statement-breakpoint
DROP INDEX `events_feed_actor`;--> statement-breakpoint
CREATE INDEX `events_feed` ON `events` (`occurred_at`);--> statement-breakpoint
CREATE INDEX `events_feed_stream` ON `events` (`stream_id`,`occurred_at`);--> statement-breakpoint
CREATE INDEX `events_feed_actor` ON `events` (`actor_id`,`occurred_at`);