-- SPDX-License-Identifier: MIT
-- Deploy grantd:activity to pg
-- requires: grants
--
-- What was done in the sessions under a grant, and how much of it.
--
-- Both tables are partitioned by the month, in UTC, in which an event was stored, not
-- by the time at which a client says that it happened: so a new row always goes
-- where the server's clock says, partitions can be made ahead of it, a client
-- with a wrong clock cannot write into a month that is about to go, and what is
-- kept for 90 days is kept for 90 days after it came in.
--
-- Months and not weeks: whether an event is there already is looked up in every
-- partition, and so is a page of a list. Of 90 days, months are 4 to look into and weeks are
-- 14, for batches of up to 500 events each; the price is that the oldest events stay for
-- up to a month longer than was asked for.
--
-- An event's id is unique within its grant, and no index can say so: a unique index of a
-- partitioned table has to contain the month. It holds by this order, which db_activity_record()
-- keeps: the grant's row is locked by a statement of its own; the next
-- statement, whose snapshot is therefore newer than the last commit of whoever held the lock before,
-- looks the ids up in all partitions and inserts those that it did not find.
-- The same lock is what UpdateGrant takes, so that no event is stored once
-- auditing is committed to be off. When a month is dropped, its ids are forgotten with it.
--
-- No foreign key to grants: it would ask for the grant's row once for each event, and that
-- row is locked anyway. Grants are never deleted.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE DOMAIN grantd.service_name AS text
	CONSTRAINT service_name_length CHECK (octet_length(VALUE) BETWEEN 1 AND 100);
COMMENT ON DOMAIN grantd.service_name IS 'Part of a cloud that a session uses, such as s3: 1 to 100 bytes';

CREATE DOMAIN grantd.event_name AS text
	CONSTRAINT event_name_length CHECK (octet_length(VALUE) BETWEEN 1 AND 200);
COMMENT ON DOMAIN grantd.event_name IS 'What was called there, such as GetObject: 1 to 200 bytes';

CREATE DOMAIN grantd.event_kind AS text
	CONSTRAINT event_kind_known CHECK (VALUE IN ('read', 'write'));
COMMENT ON DOMAIN grantd.event_kind IS 'read or write';

CREATE DOMAIN grantd.event_outcome AS text
	CONSTRAINT event_outcome_known CHECK (VALUE IN ('success', 'denied', 'error'));
COMMENT ON DOMAIN grantd.event_outcome IS 'success, denied or error';

-- As a list of numbers, the 120 KiB of a request are six times that as stored.
CREATE DOMAIN grantd.event_details AS jsonb
	CONSTRAINT event_details_object CHECK (jsonb_typeof(VALUE) = 'object'
		AND pg_column_size(VALUE) <= 1048576);
COMMENT ON DOMAIN grantd.event_details IS 'A JSON object, at most 1 MiB as stored';

CREATE TABLE grantd.activity_event (
	tenant_id   uuid NOT NULL,
	grant_id    uuid NOT NULL,
	id          uuid NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT statement_timestamp(),
	occurred_at grantd.moment NOT NULL,
	service     grantd.service_name NOT NULL,
	name        grantd.event_name NOT NULL,
	kind        grantd.event_kind NOT NULL,
	outcome     grantd.event_outcome NOT NULL,
	source_ip   inet,
	details     grantd.event_details,

	PRIMARY KEY (tenant_id, grant_id, id, recorded_at)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX activity_event_newest ON grantd.activity_event
	(tenant_id, grant_id, occurred_at, id);
COMMENT ON INDEX grantd.activity_event_newest IS 'For listing a grant''s events by when they happened, newest first, page by page';

COMMENT ON TABLE grantd.activity_event IS 'What was done in sessions under a grant while its auditing was on';
COMMENT ON COLUMN grantd.activity_event.tenant_id IS 'The tenant that the event belongs to';
COMMENT ON COLUMN grantd.activity_event.grant_id IS 'The grant that the session was opened under';
COMMENT ON COLUMN grantd.activity_event.id IS 'Any UUID, made by whoever reports the event; unique within the grant';
COMMENT ON COLUMN grantd.activity_event.recorded_at IS 'When it was stored, with the grant''s row locked; says which partition it is in';
COMMENT ON COLUMN grantd.activity_event.occurred_at IS 'When it happened, as reported';
COMMENT ON COLUMN grantd.activity_event.service IS 'What the session used, such as s3';
COMMENT ON COLUMN grantd.activity_event.name IS 'What it called there, such as GetObject';
COMMENT ON COLUMN grantd.activity_event.kind IS 'read or write';
COMMENT ON COLUMN grantd.activity_event.outcome IS 'success, denied or error';
COMMENT ON COLUMN grantd.activity_event.source_ip IS 'The address that the session came from; null where it was not reported';
COMMENT ON COLUMN grantd.activity_event.details IS 'What else was reported; null where nothing was';

-- How many events there are, so that a summary reads some rows for each service
-- and month instead of the events. The statement that stores events adds to it; the
-- grant's lock, which that holds, keeps two of them from one row.
CREATE TABLE grantd.activity_count (
	tenant_id uuid NOT NULL,
	grant_id  uuid NOT NULL,
	month     date NOT NULL,
	service   grantd.service_name NOT NULL,
	kind      grantd.event_kind NOT NULL,
	outcome   grantd.event_outcome NOT NULL,
	events    bigint NOT NULL,

	PRIMARY KEY (tenant_id, grant_id, month, service, kind, outcome)
) PARTITION BY RANGE (month);

COMMENT ON TABLE grantd.activity_count IS 'How many rows activity_event has of each sort';
COMMENT ON COLUMN grantd.activity_count.tenant_id IS 'The tenant that the events belong to';
COMMENT ON COLUMN grantd.activity_count.grant_id IS 'The grant that they were recorded for';
COMMENT ON COLUMN grantd.activity_count.month IS 'First day of the month, in UTC, in which they were stored';
COMMENT ON COLUMN grantd.activity_count.service IS 'As in activity_event';
COMMENT ON COLUMN grantd.activity_count.kind IS 'As in activity_event';
COMMENT ON COLUMN grantd.activity_count.outcome IS 'As in activity_event';
COMMENT ON COLUMN grantd.activity_count.events IS 'Number of events of this sort';

ALTER TABLE grantd.activity_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.activity_event FORCE ROW LEVEL SECURITY;
CREATE POLICY activity_event_tenant ON grantd.activity_event TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY activity_event_tenant ON grantd.activity_event IS 'Rows of the chosen tenant alone';

ALTER TABLE grantd.activity_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.activity_count FORCE ROW LEVEL SECURITY;
CREATE POLICY activity_count_tenant ON grantd.activity_count TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY activity_count_tenant ON grantd.activity_count IS 'Rows of the chosen tenant alone';

-- recorded_at is not the worker's to say. On the partitions it has no privilege at all.
GRANT SELECT ON grantd.activity_event, grantd.activity_count TO grantd_app;
GRANT INSERT (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome, source_ip,
	details) ON grantd.activity_event TO grantd_app;
GRANT INSERT ON grantd.activity_count TO grantd_app;
GRANT UPDATE (events) ON grantd.activity_count TO grantd_app;

-- The functions below define tables, so they are for the owner, and run with the rights of
-- whoever calls them. The texts that they execute are made of the two tables' names and of dates.

-- A partition has what its table has, but for what LIKE does not copy. Counts are updated in place:
-- with room on the page, no index is touched.
CREATE FUNCTION grantd.activity_create_partition(parent name, partition name, contents text)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('CREATE TABLE grantd.%I (LIKE grantd.%I INCLUDING ALL) WITH (fillfactor = %s)',
		partition, parent, CASE parent WHEN 'activity_count' THEN 70 ELSE 100 END);
	EXECUTE format('COMMENT ON TABLE grantd.%I IS %L', partition,
		format('Partition of %s: %s', parent, contents));
	EXECUTE format('ALTER TABLE grantd.%I ENABLE ROW LEVEL SECURITY', partition);
	EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', partition);
	EXECUTE format('CREATE POLICY %I ON grantd.%I TO grantd_owner, grantd_app'
		' USING (tenant_id = grantd.current_tenant())'
		' WITH CHECK (tenant_id = grantd.current_tenant())', partition || '_tenant', partition);
	EXECUTE format('COMMENT ON POLICY %I ON grantd.%I IS %L', partition || '_tenant', partition,
		'Rows of the chosen tenant alone');
END
$$;
COMMENT ON FUNCTION grantd.activity_create_partition(name, name, text) IS 'Creates a partition of activity_event or activity_count, not attached yet';
REVOKE ALL ON FUNCTION grantd.activity_create_partition(name, name, text) FROM PUBLIC;

-- Rows of that month that found no partition are in the other one and have to leave it first. They are
-- all tenants', so their owner looks at them without row-level security, in a transaction
-- that has locked everybody else out.
CREATE FUNCTION grantd.activity_add_month(parent name, key name, first_day date)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	partition CONSTANT name := parent || to_char(first_day, '_YYYY_MM');
	other     CONSTANT name := parent || '_other';
	low       CONSTANT text := first_day || ' 00:00:00+00';
	high      CONSTANT text := (first_day + interval '1 month')::date || ' 00:00:00+00';
BEGIN
	PERFORM grantd.activity_create_partition(parent, partition,
		'stored in ' || to_char(first_day, 'YYYY-MM'));
	EXECUTE format('ALTER TABLE grantd.%I NO FORCE ROW LEVEL SECURITY', other);
	EXECUTE format('ALTER TABLE grantd.%I NO FORCE ROW LEVEL SECURITY', partition);
	EXECUTE format('WITH moved AS (DELETE FROM grantd.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L'
		' RETURNING *) INSERT INTO grantd.%5$I SELECT * FROM moved', other, key, low, high, partition);
	EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', other);
	EXECUTE format('ALTER TABLE grantd.%I FORCE ROW LEVEL SECURITY', partition);
	EXECUTE format('ALTER TABLE grantd.%I ATTACH PARTITION grantd.%I FOR VALUES FROM (%L) TO (%L)',
		parent, partition, low, high);
END
$$;
COMMENT ON FUNCTION grantd.activity_add_month(name, name, date) IS 'Adds the partition of a month, with the rows of it that came before';
REVOKE ALL ON FUNCTION grantd.activity_add_month(name, name, date) FROM PUBLIC;

-- Months after the last one that there is, up to so many after the present one, are added: also those
-- that went by without a call. Months whose end lies further back than `keep` are dropped; null keeps all.
-- Two calls at once come one after the other. Where there is something to do, both
-- tables are locked before anything is touched: a few milliseconds, and whoever writes or reads waits
-- without holding a lock that this waits for.
CREATE FUNCTION grantd.activity_maintain(ahead integer, keep interval, dry_run boolean)
	RETURNS TABLE (action text, first_day date)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
AS $$
DECLARE
	present CONSTANT date := date_trunc('month', statement_timestamp());
	months  date[];
	missing date[];
	expired date[];
BEGIN
	IF current_user <> 'grantd_owner' THEN
		RAISE EXCEPTION 'activity_maintain() is to be called as grantd_owner, who has to own what it makes'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	PERFORM pg_advisory_xact_lock(hashtextextended('grantd.activity_maintain', 0));

	SELECT array_agg(to_date(right(c.relname, 7), 'YYYY_MM')) INTO months
	FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
	WHERE i.inhparent = 'grantd.activity_event'::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$';

	SELECT array_agg(s::date ORDER BY s) INTO missing
	FROM generate_series(
		(SELECT least(max(m) + interval '1 month', present) FROM unnest(months) m),
		present + make_interval(months => ahead), interval '1 month') s
	WHERE s::date <> ALL (coalesce(months, '{}'));

	SELECT array_agg(m ORDER BY m) INTO expired
	FROM unnest(months || missing) m
	WHERE m + interval '1 month' <= statement_timestamp() - keep;

	IF NOT dry_run AND (missing IS NOT NULL OR expired IS NOT NULL) THEN
		LOCK TABLE grantd.activity_event, grantd.activity_count IN ACCESS EXCLUSIVE MODE;
	END IF;
	action := 'add';
	FOREACH first_day IN ARRAY coalesce(missing, '{}') LOOP
		IF NOT dry_run THEN
			PERFORM grantd.activity_add_month('activity_event', 'recorded_at', first_day);
			PERFORM grantd.activity_add_month('activity_count', 'month', first_day);
		END IF;
		RETURN NEXT;
	END LOOP;
	action := 'drop';
	FOREACH first_day IN ARRAY coalesce(expired, '{}') LOOP
		IF NOT dry_run THEN
			EXECUTE format('DROP TABLE grantd.%I, grantd.%I',
				to_char(first_day, '"activity_event_"YYYY_MM'),
				to_char(first_day, '"activity_count_"YYYY_MM'));
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION grantd.activity_maintain(integer, interval, boolean) IS 'Adds the partitions of coming months and drops those of months long past; says which';
REVOKE ALL ON FUNCTION grantd.activity_maintain(integer, interval, boolean) FROM PUBLIC;

-- No event is refused for want of a partition: what belongs to none is kept here until there is one.
DO $$
BEGIN
	PERFORM grantd.activity_create_partition('activity_event', 'activity_event_other',
		'what belongs to no other');
	ALTER TABLE grantd.activity_event ATTACH PARTITION grantd.activity_event_other DEFAULT;
	PERFORM grantd.activity_create_partition('activity_count', 'activity_count_other',
		'what belongs to no other');
	ALTER TABLE grantd.activity_count ATTACH PARTITION grantd.activity_count_other DEFAULT;
	PERFORM grantd.activity_maintain(3, NULL, false);
END
$$;

UPDATE grantd.schema_version SET version = 4, changed_at = statement_timestamp();

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif
