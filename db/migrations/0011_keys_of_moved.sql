-- An issue that was moved in the tracker that it was imported from is found by every key that it had there (version 3 of the fold).
CREATE TEMP TABLE `moved` AS
SELECT events.stream_id AS id, CASE WHEN json_valid(events.data) THEN json_extract(events.data, '$.from') END AS was,
	CASE WHEN json_valid(events.data) THEN json_extract(events.data, '$.to') END AS is_now
FROM events JOIN issues ON issues.id = events.stream_id
WHERE events.type_id = (SELECT id FROM event_types WHERE name = 'field_changed')
	AND CASE WHEN json_valid(events.data) THEN json_extract(events.data, '$.field') END = 'Key'
	AND CASE WHEN json_valid(events.metadata) THEN json_extract(events.metadata, '$.triggeredBy') END = 'import';--> statement-breakpoint
INSERT OR IGNORE INTO `issue_keys` (`key`, `issue_id`)
SELECT lower(key), id FROM (SELECT id, was AS key FROM moved UNION SELECT id, is_now FROM moved)
WHERE typeof(key) = 'text' AND length(key) <= 200 AND key GLOB '[A-Za-z0-9]*' AND NOT key GLOB '*[^!-~]*';--> statement-breakpoint
DELETE FROM `snapshots` WHERE `stream_id` IN (SELECT id FROM moved);--> statement-breakpoint
DROP TABLE `moved`;
