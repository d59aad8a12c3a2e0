-- The ledger holds conflicts of labels, projects, members, rules and the workspace, too. What is in it stays.
ALTER TABLE `conflicts` RENAME COLUMN `issue_id` TO `stream_id`;--> statement-breakpoint
-- What was recorded of these before is looked through when the log is opened.
INSERT INTO `settings` (`name`, `value`) SELECT 'ledger.unseen', 'all' WHERE EXISTS (SELECT 1 FROM `events`);
