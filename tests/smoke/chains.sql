-- SPDX-License-Identifier: MIT
-- What is wrong with the hash chains, a line for each; nothing when they hold.
WITH entry AS (
	SELECT a.*,
		lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS hash_before,
		row_number() OVER chain AS place
	FROM grantd.audit_log a
	WINDOW chain AS (PARTITION BY tenant_id, resource_type, resource_id ORDER BY sequence)
), head AS (
	SELECT 'grant' AS resource_type, tenant_id, id AS resource_id, audit_length, audit_head FROM grantd.grants
	UNION ALL
	SELECT 'api_key', tenant_id, id, audit_length, audit_head FROM grantd.api_keys
	UNION ALL
	SELECT 'policy', tenant_id, id, audit_length, audit_head FROM grantd.policies
	UNION ALL
	SELECT 'tenant', id, id, audit_length, audit_head FROM grantd.tenants
)
SELECT format('%s %s: entry %s is not what its hash says', resource_type, resource_id, sequence)
FROM entry
WHERE hash <> CASE WHEN record IS NULL
	THEN grantd.audit_hash(previous_hash, tenant_id, id, resource_type, resource_id, sequence, actor_id, actor_type,
		action, outcome, metadata, reasoning, created_at)
	ELSE sha256('grantd-audit-2'::bytea || previous_hash || uuid_send(tenant_id) || uuid_send(id) || uuid_send(resource_id)
		|| int8send(sequence) || timestamptz_send(created_at) || (SELECT string_agg(coalesce(
			int4send(octet_length(field)) || convert_to(field, 'UTF8'), '\xffffffff'), '' ORDER BY place)
			FROM unnest(ARRAY[resource_type, actor_id, actor_type, action, outcome, reasoning])
			WITH ORDINALITY AS f (field, place)) || convert_to(record::text, 'UTF8')) END
UNION ALL
SELECT format('%s %s: entry %s does not follow the one before', resource_type, resource_id, sequence)
FROM entry
WHERE previous_hash <> hash_before OR sequence <> place
UNION ALL
SELECT format('%s %s: the row says %s entries', head.resource_type, head.resource_id, audit_length)
FROM head
LEFT JOIN LATERAL (
	SELECT count(*) AS length, max(sequence) AS last
	FROM grantd.audit_log a
	WHERE a.tenant_id = head.tenant_id AND a.resource_type::text = head.resource_type
		AND a.resource_id = head.resource_id
) found ON true
LEFT JOIN grantd.audit_log last ON last.tenant_id = head.tenant_id
	AND last.resource_type::text = head.resource_type
	AND last.resource_id = head.resource_id AND last.sequence = found.last
WHERE audit_length <> found.length OR audit_head <> coalesce(last.hash, decode(repeat('00', 32), 'hex'));
