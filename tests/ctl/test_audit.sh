# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl audit verify finds the first entry that is not as it was written, whatever was done to it.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
ctl grant create --tenant $a --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action x --expires-in 8h
g=$out
ctl grant create --tenant $a --resource-type aws_account --resource-id 123456789012 --grantee-id bob --action x --expires-in 8h
h=$out

# One more entry in the grant's chain, made by the statement that UpdateGrant uses, in SQL.
toggle()
{
	sql "BEGIN; SET LOCAL ROLE grantd_owner; SET LOCAL grantd.tenant = '$a';
	WITH before AS (SELECT * FROM grantd.grants WHERE id = '$g' FOR UPDATE),
	e AS (SELECT gen_random_uuid() AS id, audit_length + 1 AS sequence, audit_head AS previous_hash,
		statement_timestamp() AS created_at, jsonb_build_object('n', audit_length) AS metadata FROM before),
	h AS (SELECT e.*, grantd.audit_hash(previous_hash, '$a', id, 'grant', '$g', sequence, 'test', 'system',
		'UpdateGrant', 'done', metadata, NULL, created_at) AS hash FROM e),
	logged AS (INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
		resource_id, outcome, metadata, created_at, sequence, previous_hash, hash)
		SELECT '$a', id, 'test', 'system', 'UpdateGrant', 'grant', '$g', 'done', metadata, created_at, sequence,
		previous_hash, hash FROM h)
	UPDATE grantd.grants g SET audit_length = h.sequence, audit_head = h.hash FROM h WHERE g.id = '$g';
	COMMIT"
}

for _ in 1 2 3 4; do
	toggle
done

does 'the chains hold' audit verify
like 'and are counted' "$(head -n 1 <<<"$out")" '^the chains hold: tenants 2, chains 6, entries [0-9]+$'
is 'and so are rows: a baseline policy has five rules' "$(tail -n 1 <<<"$out")" \
	"the rows are as the entries tell: rows $(sql 'SELECT (SELECT count(*) FROM grantd.tenants) + (SELECT count(*) FROM grantd.grants)
		+ (SELECT count(*) FROM grantd.policies) + (SELECT count(*) FROM grantd.policy_rules)'), differences 0, values that no entry tells 0"
does 'of one tenant' audit verify --tenant $b --json
is 'for programs' "$(json '[.holds, .tenants, .faults, .differences, .untold]')" '[true,1,[],[],0]'
refuses 1 "there is no tenant $nobody" audit verify --tenant $nobody
refuses 2 '--tenant must be a UUID' audit verify --tenant x
is 'all entries are counted' "$(ctl audit verify --json; json .entries)" "$(sql 'SELECT count(*) FROM grantd.audit_log')"

entry()
{
	sql "SELECT id FROM grantd.audit_log WHERE resource_id = '$g' AND sequence = $1"
}

# As the superuser, with the trigger out of the way: what the log is there to show. Undone after each look.
sql 'CREATE TABLE kept_log AS TABLE grantd.audit_log' 'CREATE TABLE kept_grants AS TABLE grantd.grants' \
	'CREATE TABLE kept_tenants AS TABLE grantd.tenants'

tamper()
{
	local statement

	for statement; do
		sql "SET session_replication_role = replica; $statement" || bail 'cannot tamper'
	done
}

restore()
{
	tamper 'DELETE FROM grantd.audit_log; INSERT INTO grantd.audit_log TABLE kept_log' \
		'DELETE FROM grantd.grants; INSERT INTO grantd.grants TABLE kept_grants' \
		'DELETE FROM grantd.tenants; INSERT INTO grantd.tenants TABLE kept_tenants'
	ctl audit verify
	[ "$status" -eq 0 ] || bail 'what was done could not be undone'
}

# finds WHAT SEQUENCE ENTRY TEXT STATEMENT...: verify names the entry ("" where it is missing) and says what is wrong.
finds()
{
	local what=$1 sequence=$2 entry=$3 text=$4

	shift 4
	tamper "$@"
	ctl audit verify --json
	is "$what is found" "$status $(json '[.holds, (.faults | length)]')" '1 [false,1]'
	is "$what: the first bad entry" "$(json '.faults[0] | [.tenant_id, .resource_type, .resource_id, .sequence, .entry_id]')" \
		"[\"$a\",\"grant\",\"$g\",$sequence,$entry]"
	like "$what: what is wrong" "$(json '.faults[0].what')" "$text"
	ctl audit verify
	like "$what: for people" "$status $out" "^1 tenant $a, grant $g, entry $sequence( \\(|:).*the chains do not hold"
	restore
}

where="WHERE resource_id = '$g' AND sequence ="
rehash="UPDATE grantd.audit_log SET hash = grantd.audit_hash(previous_hash, tenant_id, id, resource_type, resource_id,
	sequence, actor_id, actor_type, action, outcome, metadata, reasoning, created_at)"

finds 'an altered actor' 3 "\"$(entry 3)\"" 'it was changed' "UPDATE grantd.audit_log SET actor_id = 'x' $where 3"
finds 'altered metadata' 2 "\"$(entry 2)\"" 'it was changed' "UPDATE grantd.audit_log SET metadata = '{}' $where 2"
finds 'an added reason' 1 "\"$(entry 1)\"" 'it was changed' "UPDATE grantd.audit_log SET reasoning = '' $where 1"
finds 'a moved time' 5 "\"$(entry 5)\"" 'it was changed' \
	"UPDATE grantd.audit_log SET created_at = created_at + interval '1 microsecond' $where 5"
finds 'an altered hash' 4 "\"$(entry 4)\"" 'it was changed' "UPDATE grantd.audit_log SET hash = sha256('x') $where 4"
finds 'an altered link' 4 "\"$(entry 4)\"" 'does not follow' "UPDATE grantd.audit_log SET previous_hash = sha256('x') $where 4"
finds 'an altered entry with its hash made to fit' 4 "\"$(entry 4)\"" 'does not follow' \
	"UPDATE grantd.audit_log SET actor_id = 'x' $where 3; $rehash $where 3"
finds 'an altered last entry with its hash made to fit' 5 "\"$(entry 5)\"" 'another hash than the resource' \
	"UPDATE grantd.audit_log SET actor_id = 'x' $where 5; $rehash $where 5"
finds 'a removed entry' 3 null 'missing, and there are later ones' "DELETE FROM grantd.audit_log $where 3"
finds 'a removed first entry' 1 null 'missing, and there are later ones' "DELETE FROM grantd.audit_log $where 1"
finds 'a removed end' 4 null 'missing at the chain.s end' "DELETE FROM grantd.audit_log $where 5; DELETE FROM grantd.audit_log $where 4"
finds 'a removed chain' 1 null 'missing at the chain.s end' "DELETE FROM grantd.audit_log WHERE resource_id = '$g'"
finds 'swapped entries' 2 "\"$(entry 3)\"" 'does not follow|was changed' \
	"UPDATE grantd.audit_log SET sequence = 99 $where 2; UPDATE grantd.audit_log SET sequence = 2 $where 3;
	 UPDATE grantd.audit_log SET sequence = 3 $where 99"
finds 'a changed head' 5 "\"$(entry 5)\"" 'another hash than the resource' \
	"UPDATE grantd.grants SET audit_head = sha256('x') WHERE id = '$g'"
finds 'a length that is too small' 4 "\"$(entry 4)\"" 'past the chain.s end' \
	"UPDATE grantd.grants SET audit_length = 3 WHERE id = '$g'"
finds 'a length that is too great' 6 null 'missing at the chain.s end' \
	"UPDATE grantd.grants SET audit_length = 6 WHERE id = '$g'"
finds 'a removed grant' 1 "\"$(entry 1)\"" 'the resource that the entries tell of is missing' \
	"DELETE FROM grantd.grants WHERE id = '$g'"
finds 'a row without entries and with a head' 0 null 'another hash than the resource' \
	"DELETE FROM grantd.audit_log WHERE resource_id = '$g';
	 UPDATE grantd.grants SET audit_length = 0 WHERE id = '$g'"

# One bad tenant does not hide another.
tamper "UPDATE grantd.audit_log SET actor_id = 'x' WHERE resource_type = 'tenant'"
ctl audit verify --json
is 'the first bad entry of each tenant is named' "$status $(json '[.faults[] | .tenant_id] | sort')" \
	"1 $(jq -nc "[\"$a\",\"$b\"] | sort")"
restore

# The ends of batches are nothing special: 2,500 entries in one chain, 1,500 chains of one entry.
sql "BEGIN; SET LOCAL ROLE grantd_owner; SET LOCAL grantd.tenant = '$b';
	DO \$\$
	DECLARE
		head bytea := decode(repeat('00', 32), 'hex');
		entry uuid;
		g uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
	BEGIN
		FOR n IN 1..2500 LOOP
			entry := gen_random_uuid();
			INSERT INTO grantd.audit_log VALUES ('$b', entry, 'x', 'system', 'X', 'grant', g, 'done', '{}', NULL,
				to_timestamp(n), n, head, grantd.audit_hash(head, '$b', entry, 'grant', g, n, 'x', 'system', 'X',
				'done', '{}', NULL, to_timestamp(n))) RETURNING hash INTO head;
		END LOOP;
		INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at, audit_length, audit_head)
			VALUES ('$b', g, 'x', 'aws_account', '123456789012', 'x', '2099-01-01', 2500, head);
		FOR n IN 1..1500 LOOP
			entry := gen_random_uuid();
			g := CASE n WHEN 1 THEN '00000000-0000-0000-0000-000000000000' ELSE gen_random_uuid() END;
			head := decode(repeat('00', 32), 'hex');
			INSERT INTO grantd.audit_log VALUES ('$b', entry, 'x', 'system', 'X', 'grant', g, 'done', '{}', 'ünï',
				to_timestamp(n), 1, head, grantd.audit_hash(head, '$b', entry, 'grant', g, 1, 'x', 'system', 'X',
				'done', '{}', 'ünï', to_timestamp(n))) RETURNING hash INTO head;
			INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at, audit_length, audit_head)
				VALUES ('$b', g, 'x', 'aws_account', '123456789012', 'x', '2099-01-01', 1, head);
		END LOOP;
	END
	\$\$;
	COMMIT"
does 'many entries and many chains' audit verify --json
is 'all are counted' "$(json '[.holds, .entries]')" "[true,$(sql 'SELECT count(*) FROM grantd.audit_log')]"
tamper "UPDATE grantd.audit_log SET outcome = 'denied' WHERE resource_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' AND sequence = 2001"
ctl audit verify --json
is 'an altered entry far down a chain is named' "$(json '.faults[0] | [.resource_id, .sequence]')" \
	'["ffffffff-ffff-ffff-ffff-ffffffffffff",2001]'


# differs WHAT WANTED STATEMENT UNDO: that one thing is found, as [table, id, column, told, found].
differs()
{
	tamper "$3"
	ctl audit verify --json
	is "$1" "$status $(json '[.differences[] | [.table, .id, .column, .told, .found]]')" "1 [$2]"
	tamper "$4"
}

# Rows in batches: the counts of activity, by ranges of grants, from the least id to the greatest.
restore_entry="UPDATE grantd.audit_log SET outcome = 'done' WHERE resource_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff' AND sequence = 2001"
tamper "$restore_entry; INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome)
	SELECT tenant_id, id, gen_random_uuid(), now(), 's3', 'Get', 'read', 'success' FROM grantd.grants, generate_series(1, 3)
	WHERE tenant_id = '$b'; INSERT INTO grantd.activity_count SELECT tenant_id, grant_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC'),
	service, kind, outcome, count(*) FROM grantd.activity_event GROUP BY 1, 2, 3, 4, 5, 6"
does 'the events of many grants are as many as is counted' audit verify
month=$(sql "SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')")
middle=$(sql "SELECT id FROM grantd.grants WHERE tenant_id = '$b' ORDER BY id OFFSET 999 LIMIT 1")
for id in 00000000-0000-0000-0000-000000000000 $middle ffffffff-ffff-ffff-ffff-ffffffffffff; do
	differs "a count of grant $id" "[\"activity_count\",\"$id\",\"$month s3 read success\",4,3]" \
		"UPDATE grantd.activity_count SET events = 4 WHERE grant_id = '$id'" \
		"UPDATE grantd.activity_count SET events = 3 WHERE grant_id = '$id'"
done

# Rules, of one policy and behind the end of a batch; of another one with the greatest id.
sql "DO \$\$
	DECLARE
		said CONSTANT text := '{\"request_id\": \"r\"}';
		p uuid;
	BEGIN
		FOREACH p IN ARRAY ARRAY['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']::uuid[] LOOP
			PERFORM grantd.create_policy('$b', NULL, NULL, NULL, 'x', gen_random_uuid(), said, NULL, p, p::text, 1, true);
			FOR n IN 1..1001 LOOP
				PERFORM grantd.change_rule('$b', NULL, NULL, NULL, 'x', gen_random_uuid(), said, NULL, 'CreatePolicyRule',
					p, ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'text ' || n, NULL, true, NULL);
				EXIT WHEN p > '00000000-0000-0000-0000-000000000000';
			END LOOP;
		END LOOP;
	END
	\$\$"
does 'many rules are as their entries tell' audit verify
last=00000000-0000-0000-0000-000000001001
differs 'a rule behind the end of a batch' "[\"policy_rules\",\"$last\",\"policy_text\",\"text 1001\",\"other\"]" \
	"UPDATE grantd.policy_rules SET policy_text = 'other' WHERE id = '$last'" \
	"UPDATE grantd.policy_rules SET policy_text = 'text 1001' WHERE id = '$last'"
first=00000000-0000-0000-0000-000000000001
differs 'a rule that is gone, of the last policy' "[\"policy_rules\",\"$first\",null,null,null]" \
	"CREATE TABLE kept_rule AS SELECT * FROM grantd.policy_rules WHERE id = '$first';
	DELETE FROM grantd.policy_rules WHERE id = '$first' AND policy_id > '00000000-0000-0000-0000-000000000000'" \
	"INSERT INTO grantd.policy_rules SELECT * FROM kept_rule WHERE policy_id > '00000000-0000-0000-0000-000000000000'"

# A value that is long, or moves the cursor, is not printed as it is.
differs 'a name with an escape, for programs' "[\"grants\",\"$h\",\"grantee_id\",\"bob\",\"\\u001b[2J\"]" \
	"UPDATE grantd.grants SET grantee_id = E'\\x1b[2J' WHERE id = '$h'" "SELECT"
ctl audit verify
like 'and for people' "$out" ', grantee_id, entry 1: it is not what the entries tell; told "bob"; found "\\u001b\[2J"'
tamper "UPDATE grantd.grants SET grantee_id = repeat('é', 128) WHERE id = '$h'"
ctl audit verify
like 'a long one is cut, between two characters' "$out" "found \"$(printf 'é%.0s' {1..60})\.\.\."$'\n'
is 'which does not change the status' "$status" 1

done_testing
