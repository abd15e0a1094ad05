WITH k AS (
	SELECT id, tenant_id FROM bare.api_keys
	WHERE hash = $1::bytea AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
), g AS (
	UPDATE bare.grants g SET audit_enabled = $4::boolean, version = g.version + 1, updated_at = now()
	FROM k WHERE k.tenant_id = $2::uuid AND g.tenant_id = $2::uuid AND g.id = $3::uuid
	RETURNING g.*, k.id AS key_id
), e AS (
	INSERT INTO bare.entries (tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome, metadata, created_at)
	SELECT tenant_id, $5::uuid, key_id::text, 'api_key', 'UpdateGrant', 'grant', id, 'done', jsonb_build_object(
		'before', jsonb_build_object('audit_enabled', NOT audit_enabled, 'version', version - 1),
		'after', jsonb_build_object('audit_enabled', audit_enabled, 'version', version)) || $6::jsonb, updated_at FROM g
)
SELECT g.id, g.request_id, g.grantee_id, g.resource_type, g.resource_id, g.action, g.status, g.audit_enabled, g.expires_at,
	g.granted_at, g.revoked_at, g.metadata, g.created_at, g.updated_at, g.version
FROM k LEFT JOIN g ON true
