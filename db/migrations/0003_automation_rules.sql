CREATE TABLE `rules` (
	`id` integer PRIMARY KEY NOT NULL,
	`enabled` integer NOT NULL,
	`since` integer NOT NULL,
	`definition` text NOT NULL
);
