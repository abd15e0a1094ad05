# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# Whom grantctl may be run as, and that row-level security binds it.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

sql 'CREATE ROLE ctl_member LOGIN IN ROLE grantd_owner' 'CREATE ROLE ctl_quiet LOGIN NOINHERIT IN ROLE grantd_owner' \
	'CREATE ROLE ctl_worker LOGIN IN ROLE grantd_app' 'CREATE ROLE ctl_stranger LOGIN'

export PGUSER=ctl_member
does 'a member of grantd_owner may' tenant create --name A
a=$out
does 'make grants' grant create --tenant $a --resource-type aws_account --resource-id 123456789012 --grantee-id x --action x --expires-in 1h
ctl key create --tenant $a --name k --role r
is 'and keys' "$status" 0
key=$out
does 'find keys' key check <<<"$key"
does 'and verify' audit verify
GRANTD_POOLER=transaction does 'behind a pooler too' grant list --tenant $a

PGUSER=ctl_worker refuses 1 'permission denied to set role "grantd_owner"' tenant list
PGUSER=ctl_stranger refuses 1 'permission denied to set role "grantd_owner"' tenant list
GRANTD_POOLER=transaction PGUSER=ctl_worker refuses 1 'permission denied to set role "grantd_owner"' tenant list

# A superuser is bound as the owner is: the session says so, and whose it is.
export PGUSER=postgres
sql "CREATE FUNCTION public.who() RETURNS trigger LANGUAGE plpgsql AS \$\$
	BEGIN RAISE EXCEPTION 'written by % in %', current_user, current_setting('application_name'); END \$\$" \
	'GRANT USAGE ON SCHEMA public TO grantd_owner' \
	'CREATE TRIGGER who BEFORE INSERT ON grantd.tenants EXECUTE FUNCTION public.who()'
refuses 1 'written by grantd_auth in grantctl' tenant create --name B
sql 'DROP TRIGGER who ON grantd.tenants' 'DROP ROLE ctl_member, ctl_quiet, ctl_worker, ctl_stranger'

done_testing
