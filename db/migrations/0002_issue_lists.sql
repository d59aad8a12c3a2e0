CREATE INDEX `issues_updated` ON `issues` (`updated_at`,`id`,`status`,`open`,`archived`,`priority`);--> statement-breakpoint
CREATE INDEX `issues_created` ON `issues` (`created_at`,`id`,`status`,`open`,`archived`,`priority`);--> statement-breakpoint
CREATE INDEX `issues_priority` ON `issues` (`priority`,`id`,`status`,`open`,`archived`);--> statement-breakpoint
CREATE INDEX `issues_due` ON `issues` (coalesce(due_date, '~'));--> statement-breakpoint
CREATE INDEX `issues_due_down` ON `issues` (coalesce(due_date, ''));--> statement-breakpoint
CREATE INDEX `issues_title` ON `issues` (title COLLATE NOCASE);--> statement-breakpoint
CREATE INDEX `issues_status` ON `issues` (`status`);