DROP INDEX `streams_uuid`;--> statement-breakpoint
CREATE UNIQUE INDEX `streams_uuid_type` ON `streams` (`uuid`,`type`);