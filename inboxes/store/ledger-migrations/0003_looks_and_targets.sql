CREATE TABLE `arrivals` (
	`position` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rule_looks` (
	`rule` text PRIMARY KEY NOT NULL,
	`passed` integer,
	`held` integer DEFAULT 0 NOT NULL,
	`held_at` integer
);
--> statement-breakpoint
CREATE TABLE `targets` (
	`inbox` text NOT NULL,
	`target` text NOT NULL,
	`closed_until` integer,
	`closed_at` integer,
	`gone_at` integer,
	`why` text,
	PRIMARY KEY(`inbox`, `target`)
);
