-- Append-only is the database's rule, not good manners.
CREATE TRIGGER `events_never_deleted` BEFORE DELETE ON `events`
BEGIN
	SELECT RAISE(ABORT, 'events are never deleted');
END;
--> statement-breakpoint
-- The one exception is the erasure of a payload: the payload goes, its hash comes, and nothing else may differ.
CREATE TRIGGER `events_never_changed` BEFORE UPDATE ON `events`
WHEN NOT (
	NEW.data IS NULL AND NEW.metadata IS NULL AND OLD.data IS NOT NULL AND length(NEW.payload_hash) = 32
	AND NEW.position = OLD.position AND NEW.id = OLD.id AND NEW.stream_id = OLD.stream_id
	AND NEW.stream_version = OLD.stream_version AND NEW.type_id = OLD.type_id AND NEW.schema_version = OLD.schema_version
	AND NEW.actor_id = OLD.actor_id AND NEW.chain_id = OLD.chain_id AND NEW.replica_seq = OLD.replica_seq
	AND NEW.hlc = OLD.hlc AND NEW.occurred_at = OLD.occurred_at AND NEW.origin = OLD.origin
	AND NEW.quiet = OLD.quiet AND NEW.hash = OLD.hash
)
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
--> statement-breakpoint
CREATE TRIGGER `streams_never_deleted` BEFORE DELETE ON `streams`
BEGIN
	SELECT RAISE(ABORT, 'streams are never deleted');
END;
--> statement-breakpoint
CREATE TRIGGER `streams_never_changed` BEFORE UPDATE ON `streams`
BEGIN
	SELECT RAISE(ABORT, 'streams are never changed');
END;
--> statement-breakpoint
-- One document an event that brings text; its rowid is the event's position, so that newest first costs nothing.
CREATE VIRTUAL TABLE `search` USING fts5(title, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
