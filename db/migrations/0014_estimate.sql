-- A column that is added stands last, behind the description, whose long texts a list must not read: so the table is made anew.
CREATE TABLE `issues_new` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer,
	`status` text NOT NULL,
	`open` integer NOT NULL,
	`archived` integer NOT NULL,
	`priority` integer NOT NULL,
	`due_date` text,
	`project` integer,
	`estimate` real,
	`author_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`comments` integer NOT NULL,
	`title` text NOT NULL,
	`title_order` text NOT NULL,
	`description` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `issues_new` SELECT `id`, `number`, `status`, `open`, `archived`, `priority`, `due_date`, `project`, NULL, `author_id`, `created_at`, `updated_at`, `comments`, `title`, `title_order`, `description` FROM `issues`;--> statement-breakpoint
DROP TABLE `issues`;--> statement-breakpoint
ALTER TABLE `issues_new` RENAME TO `issues`;--> statement-breakpoint
CREATE INDEX `issues_number` ON `issues` (`number`);--> statement-breakpoint
CREATE INDEX `issues_updated` ON `issues` (`updated_at`,`id`,`status`,`open`,`archived`,`priority`);--> statement-breakpoint
CREATE INDEX `issues_created` ON `issues` (`created_at`,`id`,`status`,`open`,`archived`,`priority`);--> statement-breakpoint
CREATE INDEX `issues_priority` ON `issues` (`priority`,`id`,`status`,`open`,`archived`);--> statement-breakpoint
CREATE INDEX `issues_due` ON `issues` (coalesce(due_date, '~'));--> statement-breakpoint
CREATE INDEX `issues_due_down` ON `issues` (coalesce(due_date, ''));--> statement-breakpoint
CREATE INDEX `issues_title` ON `issues` (`title_order`);--> statement-breakpoint
CREATE INDEX `issues_status` ON `issues` (`status`);--> statement-breakpoint
CREATE INDEX `issues_project` ON `issues` (`project`);
