-- SPDX-License-Identifier: MIT
-- Deploy grantd:flat_checks to pg
-- requires: types
--
-- The same conditions in the form that PostgreSQL gives them when a dump is restored, so that a restored schema is the installed one
-- to the letter. It looks at each value once: names of tenants, keys and policies, and notices.
--
-- The schema's version moves with a change after this one. Until then this one is found undone by
-- install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;

ALTER DOMAIN grantd.display_name DROP CONSTRAINT display_name_one_line;
ALTER DOMAIN grantd.display_name ADD CONSTRAINT display_name_one_line
	CHECK (octet_length(VALUE) >= 1 AND octet_length(VALUE) <= 200 AND VALUE !~ '[[:cntrl:]]');
ALTER DOMAIN grantd.notice DROP CONSTRAINT notice_one_line;
ALTER DOMAIN grantd.notice ADD CONSTRAINT notice_one_line
	CHECK (octet_length(VALUE) >= 1 AND octet_length(VALUE) <= 1024 AND VALUE !~ '[[:cntrl:]]');

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif
