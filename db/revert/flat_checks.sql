-- SPDX-License-Identifier: MIT
-- Revert grantd:flat_checks from pg

BEGIN;
SET LOCAL ROLE grantd_owner;

ALTER DOMAIN grantd.display_name DROP CONSTRAINT display_name_one_line;
ALTER DOMAIN grantd.display_name ADD CONSTRAINT display_name_one_line
	CHECK (octet_length(VALUE) BETWEEN 1 AND 200 AND VALUE !~ '[[:cntrl:]]');
ALTER DOMAIN grantd.notice DROP CONSTRAINT notice_one_line;
ALTER DOMAIN grantd.notice ADD CONSTRAINT notice_one_line
	CHECK (octet_length(VALUE) BETWEEN 1 AND 1024 AND VALUE !~ '[[:cntrl:]]');

COMMIT;
