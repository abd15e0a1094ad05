-- SPDX-License-Identifier: MIT
--
-- What the schema consists of, as the catalogs tell it: an object, the name by which db/catalog.expected knows it (which
-- partitions share), one of its sides, and what that is. Texts that are long come as their SHA-256. What an operator may
-- add or tune is not among it: comments, statistics, storage parameters, tablespaces, and an owner's own privileges.
--
-- The session has search_path '' and quote_all_identifiers off, as grantctl's have: names are printed by these.
WITH schemas AS (SELECT * FROM pg_namespace WHERE nspname = 'grantd'),
parents AS (SELECT i.inhrelid, i.inhparent, p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
	JOIN schemas s ON s.oid = p.relnamespace WHERE p.relkind = 'p'),
tables AS (SELECT c.*, n.nspname || '.' || c.relname AS name,
		CASE WHEN p.inhrelid IS NULL THEN n.nspname || '.' || c.relname
			ELSE 'a partition of grantd.' || p.relname END AS template,
		p.inhrelid IS NOT NULL AS is_partition,
		CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence '
			WHEN 'f' THEN 'foreign table ' ELSE 'table ' END AS word
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN parents p ON p.inhrelid = c.oid
	WHERE (n.nspname = 'grantd' OR p.inhrelid IS NOT NULL) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')),
columns AS (SELECT t.name, t.template, t.is_partition, a.attrelid, a.attnum, a.attname, a.attacl, t.relowner,
		concat_ws(' ', format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attcollation NOT IN (0, y.typcollation) THEN 'COLLATE ' || a.attcollation::regcollation END,
			CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
			CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'GENERATED' END) AS definition
	FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
	JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum),
types AS (SELECT t.*, CASE t.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || s.nspname || '.' || t.typname AS name
	FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
	WHERE t.typtype <> 'b' AND (t.typrelid = 0 OR c.relkind = 'c') OR t.typtype = 'b' AND t.typelem = 0),
functions AS (SELECT p.*, 'function ' || s.nspname || '.' || p.proname AS name, l.lanname,
		pg_get_function_arguments(p.oid) AS arguments
	FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang),
policies AS (SELECT 'policy ' || CASE WHEN t.is_partition THEN 'on ' ELSE o.polname || ' on ' END || t.template AS template,
		'policy ' || o.polname || ' on ' || t.name AS name, concat_ws(' ',
		CASE WHEN o.polpermissive THEN 'permissive' ELSE 'restrictive' END, 'for', o.polcmd, 'to',
		(SELECT string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname)
			FROM unnest(o.polroles) m (oid) LEFT JOIN pg_roles r ON r.oid = m.oid),
		'using', pg_get_expr(o.polqual, o.polrelid), 'check', pg_get_expr(o.polwithcheck, o.polrelid)) AS definition
	FROM pg_policy o JOIN tables t ON t.oid = o.polrelid),
owned (name, template, acl, owner) AS (
	SELECT 'schema ' || nspname, 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)), nspowner FROM schemas
	UNION ALL SELECT word || name, word || template, coalesce(relacl, acldefault(
		CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)), relowner FROM tables
	UNION ALL SELECT 'column ' || name || '.' || attname, 'column ' || template || '.' || attname, attacl, relowner FROM columns
	UNION ALL SELECT name, name, coalesce(typacl, acldefault('T', typowner)), typowner FROM types
	UNION ALL SELECT name, name, coalesce(proacl, acldefault('f', proowner)), proowner FROM functions),
facts (name, template, facet, value) AS (
	SELECT o.name, o.template, 'privileges of ' || coalesce(r.rolname, 'public'),
		string_agg(DISTINCT a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ')
	FROM owned o, aclexplode(o.acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> o.owner GROUP BY 1, 2, 3
	UNION ALL SELECT DISTINCT name, template, 'owner', pg_get_userbyid(owner) FROM owned WHERE name NOT LIKE 'column %'
	-- tables
	UNION ALL SELECT word || name, word || template, 'row-level security',
		CASE WHEN relrowsecurity THEN 'enabled' ELSE 'off' END || CASE WHEN relforcerowsecurity THEN ', forced' ELSE '' END
	FROM tables WHERE relkind IN ('r', 'p')
	UNION ALL SELECT word || t.name, word || template, 'form', concat_ws(' ', CASE relkind WHEN 'p' THEN 'partitioned' END,
		CASE relpersistence WHEN 'p' THEN 'logged' ELSE 'unlogged' END,
		CASE WHEN relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = t.oid) THEN 'inherited from' END,
		CASE WHEN relkind = 'r' AND NOT is_partition AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = t.oid)
			THEN 'inheriting' END)
	FROM tables t
	UNION ALL SELECT word || name, word || template, 'internal triggers', CASE WHEN EXISTS (SELECT FROM pg_trigger g
		WHERE g.tgrelid = t.oid AND g.tgisinternal AND g.tgenabled <> 'O') THEN 'not all enabled' ELSE 'enabled' END
	FROM tables t WHERE relkind IN ('r', 'p')
	UNION ALL SELECT 'table ' || name, 'table ' || template, 'columns',
		string_agg(attname || ' ' || definition, ', ' ORDER BY attname) FROM columns WHERE is_partition GROUP BY 1, 2
	UNION ALL SELECT 'table ' || name, 'table ' || template, 'policies',
		(SELECT count(*) FROM pg_policy o WHERE o.polrelid = t.oid)::text FROM tables t WHERE is_partition
	UNION ALL SELECT 'column ' || name || '.' || attname, 'column ' || template || '.' || attname, 'definition', definition
	FROM columns WHERE NOT is_partition
	UNION ALL SELECT name, template, 'definition', definition FROM policies
	UNION ALL SELECT 'rule ' || r.rulename || ' on ' || t.name, 'rule ' || r.rulename || ' on ' || t.template, 'definition',
		pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN tables t ON t.oid = r.ev_class
	UNION ALL SELECT 'trigger ' || g.tgname || ' on ' || t.name, 'trigger ' || g.tgname || ' on ' || t.template, f.facet,
		CASE f.facet WHEN 'definition' THEN pg_get_triggerdef(g.oid)
			WHEN 'state' THEN CASE g.tgenabled WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' ELSE g.tgenabled::text END END
	FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid, (VALUES ('definition'), ('state')) f (facet) WHERE NOT g.tgisinternal
	UNION ALL SELECT 'constraint ' || k.conname || ' on ' || coalesce(t.name, substr(d.name, 8)),
		'constraint ' || k.conname || ' on ' || coalesce(t.name, substr(d.name, 8)), 'definition',
		pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' not validated' END
	FROM pg_constraint k LEFT JOIN tables t ON t.oid = k.conrelid LEFT JOIN types d ON d.oid = k.contypid
	WHERE k.contype NOT IN ('t', 'n') AND (NOT t.is_partition OR d.oid IS NOT NULL)
	UNION ALL SELECT 'index grantd.' || i.relname, 'index grantd.' || i.relname, f.facet,
		CASE f.facet WHEN 'definition' THEN pg_get_indexdef(i.oid)
			WHEN 'state' THEN CASE WHEN x.indisvalid AND x.indisready THEN 'valid' ELSE 'not valid' END END
	FROM pg_index x JOIN tables t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid,
		(VALUES ('definition'), ('state')) f (facet) WHERE NOT t.is_partition
	-- types
	UNION ALL SELECT name, name, 'definition', concat_ws(' ', typtype, CASE WHEN typtype = 'd' THEN
			format_type(typbasetype, typtypmod) END, CASE WHEN typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || typdefault,
		(SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
			FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) FROM types t
	-- functions: more than one of a name are taken together
	UNION ALL SELECT name, name, 'arguments', '(' || string_agg(arguments, ') (' ORDER BY arguments) || ')'
	FROM functions GROUP BY name
	UNION ALL SELECT name, name, 'body', 'sha256 ' || encode(sha256(convert_to(string_agg(prosrc || coalesce(probin, ''), ' '
		ORDER BY arguments), 'UTF8')), 'hex') FROM functions GROUP BY name
	UNION ALL SELECT name, name, 'expression', string_agg(pg_get_function_sqlbody(oid), ' ' ORDER BY arguments)
	FROM functions WHERE prosqlbody IS NOT NULL GROUP BY name
	UNION ALL SELECT name, name, 'attributes', string_agg(concat_ws(' ', lanname, CASE prokind WHEN 'f' THEN NULL ELSE prokind END,
		CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
		CASE proparallel WHEN 's' THEN 'parallel-safe' WHEN 'r' THEN 'parallel-restricted' END,
		CASE WHEN prosecdef THEN 'security definer' END, CASE WHEN proisstrict THEN 'strict' END,
		CASE WHEN proleakproof THEN 'leakproof' END, 'returns', pg_get_function_result(oid)), '; ' ORDER BY arguments)
	FROM functions GROUP BY name
	UNION ALL SELECT name, name, 'settings', coalesce(string_agg(array_to_string(proconfig, '; '), ', ' ORDER BY arguments), 'none')
	FROM functions GROUP BY name
	UNION ALL SELECT 'operator grantd.' || o.oprname, 'operator grantd.' || o.oprname, 'definition', o.oprcode::text
	FROM pg_operator o JOIN schemas s ON s.oid = o.oprnamespace)
SELECT name, template, facet, CASE WHEN length(value) <= 160 THEN regexp_replace(value, '\s+', ' ', 'g')
	ELSE 'sha256 ' || encode(sha256(convert_to(value, 'UTF8')), 'hex') END AS value
FROM facts ORDER BY template COLLATE "C", facet COLLATE "C", name COLLATE "C"
