CREATE INDEX `events_waiting` ON `events` (`stream_id`) WHERE (origin > 3 OR data IS NULL);--> statement-breakpoint
-- A payload may go, and then its hash comes; and one that is not here may come, in place of its hash. Nothing else may differ.
DROP TRIGGER `events_never_changed`;--> statement-breakpoint
CREATE TRIGGER `events_never_changed` BEFORE UPDATE ON `events`
WHEN NOT (
	(
		(NEW.data IS NULL AND NEW.metadata IS NULL AND OLD.data IS NOT NULL AND length(NEW.payload_hash) = 32)
		OR (OLD.data IS NULL AND NEW.data IS NOT NULL AND length(OLD.payload_hash) = 32 AND NEW.payload_hash IS NULL)
	)
	AND NEW.position = OLD.position AND NEW.id = OLD.id AND NEW.stream_id = OLD.stream_id
	AND NEW.stream_version = OLD.stream_version AND NEW.type_id = OLD.type_id AND NEW.schema_version = OLD.schema_version
	AND NEW.actor_id = OLD.actor_id AND NEW.chain_id = OLD.chain_id AND NEW.replica_seq = OLD.replica_seq
	AND NEW.hlc = OLD.hlc AND NEW.occurred_at = OLD.occurred_at AND NEW.origin = OLD.origin
	AND NEW.quiet = OLD.quiet AND NEW.hash = OLD.hash AND NEW.copy = OLD.copy
)
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
