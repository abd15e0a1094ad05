-- SPDX-License-Identifier: MIT
-- Deploy grantd:types to pg
-- requires: schema
--
-- What a single value may be is said by its type, once for all tables. That is
-- also the fast way: PostgreSQL compiles every CHECK of a table anew in each
-- UPDATE, for columns that did not change too (20 of them had been the larger
-- part of the statement's time), but tests a domain only where a value is
-- assigned, and keeps it compiled.
--
-- Lengths are in bytes. To a client the columns have the type underneath.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

CREATE DOMAIN grantd.display_name AS text
	CONSTRAINT display_name_one_line CHECK (octet_length(VALUE) BETWEEN 1 AND 200
		AND VALUE !~ '[[:cntrl:]]');
COMMENT ON DOMAIN grantd.display_name IS 'A name for people: one line, 1 to 200 bytes';

CREATE DOMAIN grantd.identifier AS text
	CONSTRAINT identifier_length CHECK (octet_length(VALUE) BETWEEN 1 AND 256);
COMMENT ON DOMAIN grantd.identifier IS 'What somebody else calls a thing: 1 to 256 bytes';

CREATE DOMAIN grantd.resource_identifier AS text
	CONSTRAINT resource_identifier_length CHECK (octet_length(VALUE) BETWEEN 1 AND 2048);
COMMENT ON DOMAIN grantd.resource_identifier IS 'Account number, ARN, ...: 1 to 2048 bytes';

CREATE DOMAIN grantd.resource_type AS text
	CONSTRAINT resource_type_known CHECK (VALUE IN ('aws_account', 'aws_permission_set',
		'aws_s3_bucket', 'aws_rds_instance', 'aws_ec2_instance',
		'aws_organizational_unit'));
COMMENT ON DOMAIN grantd.resource_type IS 'What a grant gives access to';

CREATE DOMAIN grantd.grant_status AS text
	CONSTRAINT grant_status_known CHECK (VALUE IN ('active', 'expired', 'revoked'));
COMMENT ON DOMAIN grantd.grant_status IS 'active, expired or revoked';

CREATE DOMAIN grantd.key_name AS text
	CONSTRAINT key_name_base62 CHECK (VALUE ~ '^[0-9A-Za-z]{8}$');
COMMENT ON DOMAIN grantd.key_name IS 'The part of an API key that names it: 8 base62 characters';

-- The text form of an array puts quotes around whatever could be mistaken, so
-- the pattern admits plain one-dimensional lists alone.
CREATE DOMAIN grantd.role_names AS text[]
	CONSTRAINT role_names_form CHECK (cardinality(VALUE) <= 32
		-- An array's text has the one word that could be taken for something else in quotes.
		AND VALUE::text ~ '^\{([a-z][a-z0-9_-]{0,62}|"null")(,([a-z][a-z0-9_-]{0,62}|"null"))*\}$');
COMMENT ON DOMAIN grantd.role_names IS '1 to 32 names, each of 1 to 63 lower-case letters, digits, _ and -, with a letter first';

CREATE DOMAIN grantd.moment AS timestamptz
	CONSTRAINT moment_four_digit_year CHECK (VALUE >= '0001-01-01 00:00:00+00'
		AND VALUE < '10000-01-01 00:00:00+00');
COMMENT ON DOMAIN grantd.moment IS 'A time that a client gave: finite, and with a year that RFC 3339 can write';

-- The limit is of the stored form, which can be several times the text. Callers
-- limit the text; this only keeps a row from growing without bound.
CREATE DOMAIN grantd.json_object AS jsonb
	CONSTRAINT json_object_only CHECK (jsonb_typeof(VALUE) = 'object'
		AND pg_column_size(VALUE) <= 131072);
COMMENT ON DOMAIN grantd.json_object IS 'A JSON object, at most 128 KiB as stored';

CREATE DOMAIN grantd.revision AS bigint
	CONSTRAINT revision_positive CHECK (VALUE >= 1);
COMMENT ON DOMAIN grantd.revision IS 'Number of a state, from 1';

CREATE DOMAIN grantd.sha256 AS bytea
	CONSTRAINT sha256_length CHECK (octet_length(VALUE) = 32);
COMMENT ON DOMAIN grantd.sha256 IS '32 bytes';

-- A chain starts empty, hence the defaults of these two.
CREATE DOMAIN grantd.chain_length AS bigint DEFAULT 0
	CONSTRAINT chain_length_natural CHECK (VALUE >= 0);
COMMENT ON DOMAIN grantd.chain_length IS 'Number of entries in an audit chain';

CREATE DOMAIN grantd.chain_head AS grantd.sha256
	DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
COMMENT ON DOMAIN grantd.chain_head IS 'Hash of the last entry in an audit chain; 32 zero bytes while there is none';

CREATE DOMAIN grantd.chain_owner AS text
	CONSTRAINT chain_owner_known CHECK (VALUE IN ('grant', 'api_key', 'policy', 'tenant'));
COMMENT ON DOMAIN grantd.chain_owner IS 'What kind of thing has an audit chain';

CREATE DOMAIN grantd.actor_type AS text
	CONSTRAINT actor_type_known CHECK (VALUE IN ('api_key', 'system'));
COMMENT ON DOMAIN grantd.actor_type IS 'api_key or system';

CREATE DOMAIN grantd.outcome AS text
	CONSTRAINT outcome_known CHECK (VALUE IN ('done', 'denied'));
COMMENT ON DOMAIN grantd.outcome IS 'done or denied';

CREATE DOMAIN grantd.reason AS text
	CONSTRAINT reason_length CHECK (octet_length(VALUE) <= 512);
COMMENT ON DOMAIN grantd.reason IS 'Why something is done, in the caller''s words: at most 512 bytes';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif
