ALTER TABLE `deliveries` ADD `look` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `held` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `batch` blob;--> statement-breakpoint
ALTER TABLE `inboxes` ADD `mark` blob;--> statement-breakpoint
ALTER TABLE `inboxes` ADD `note` text;--> statement-breakpoint
ALTER TABLE `inboxes` ADD `note_at` integer;