<?php
// SPDX-License-Identifier: MIT
// PATCH /v1/grants/{id} as a PHP application does it when it is made to be fast: the connection to the database outlives the
// request, and so does the prepared statement, which looks the key up, updates the grant and logs it in one exchange.

declare(strict_types=1);

function answer(int $status, array $body): never
{
	http_response_code($status);
	header('Content-Type: application/json');
	header('Cache-Control: no-store');
	echo json_encode($body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
	exit;
}

function refuse(int $status, string $code): never
{
	answer($status, ['code' => $code, 'message' => $code]);
}

// "2026-11-26 02:00:00.123456+00" is what the server prints in UTC.
function time_text(?string $time): ?string
{
	if ($time === null) {
		return null;
	}
	$fraction = substr($time, 19, -3);
	return substr($time, 0, 10) . 'T' . substr($time, 11, 8) . ($fraction === '' ? '.000000' : str_pad($fraction, 7, '0')) . 'Z';
}

// One exchange. A session that does not know the statement yet is told it, once.
function execute(PDO $db, string $arguments): array
{
	try {
		return $db->query("EXECUTE change ($arguments)")->fetchAll(PDO::FETCH_ASSOC);
	} catch (PDOException $e) {
		if ($e->getCode() !== '26000') {
			throw $e;
		}
		$db->exec("SET timezone = 'UTC'");
		$db->exec('PREPARE change AS ' . file_get_contents(getenv('BENCH_STATEMENT')));
		return $db->query("EXECUTE change ($arguments)")->fetchAll(PDO::FETCH_ASSOC);
	}
}

// Version 7, so that ids that follow each other lie beside each other in the index.
function make_id(): string
{
	$hex = sprintf('%012x', (int) (microtime(true) * 1000)) . bin2hex(random_bytes(10));
	return substr($hex, 0, 12) . '7' . substr($hex, 13, 3) . '8' . substr($hex, 17);
}

const UUID = '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';

if (!preg_match('#^/v1/grants/(' . UUID . ')$#D', $_SERVER['REQUEST_URI'], $path)) {
	refuse(404, 'not_found');
}
if ($_SERVER['REQUEST_METHOD'] !== 'PATCH') {
	refuse(405, 'method_not_allowed');
}
$tenant = $_SERVER['HTTP_X_TENANT_ID'] ?? '';
if (!preg_match('#^' . UUID . '$#D', $tenant)) {
	refuse(400, 'invalid_tenant_id');
}
$body = json_decode(file_get_contents('php://input'), true, 32);
if (!is_array($body) || !is_bool($body['audit_enabled'] ?? null) || count($body) !== 1) {
	refuse(422, 'invalid_body');
}
$key = $_SERVER['HTTP_X_API_KEY'] ?? '';

$db = new PDO(getenv('BENCH_DSN'), null, null, [
	PDO::ATTR_PERSISTENT => true,
	PDO::ATTR_EMULATE_PREPARES => false,
	PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
	PDO::ATTR_STRINGIFY_FETCHES => false,
]);
$context = json_encode([
	'request_id' => make_id(),
	'source_ip' => $_SERVER['REMOTE_ADDR'],
	'user_agent' => $_SERVER['HTTP_USER_AGENT'] ?? '',
	'rules' => [],
], JSON_THROW_ON_ERROR);
$rows = execute($db, sprintf("'\\x%s', '%s', '%s', %s, '%s', %s", hash('sha256', $key), $tenant, $path[1],
	$body['audit_enabled'] ? 'true' : 'false', make_id(), $db->quote($context)));
if ($rows === []) {
	refuse(401, 'unauthenticated');
}
$g = $rows[0];
if ($g['id'] === null) {
	refuse(404, 'not_found');
}
header('ETag: "' . $g['version'] . '.' . $g['status'] . '"');
answer(200, [
	'id' => $g['id'],
	'request_id' => $g['request_id'],
	'grantee_id' => $g['grantee_id'],
	'resource' => ['type' => $g['resource_type'], 'id' => $g['resource_id']],
	'action' => $g['action'],
	'status' => $g['status'],
	'audit_enabled' => $g['audit_enabled'],
	'expires_at' => time_text($g['expires_at']),
	'granted_at' => time_text($g['granted_at']),
	'revoked_at' => time_text($g['revoked_at']),
	'metadata' => json_decode($g['metadata']),
	'created_at' => time_text($g['created_at']),
	'updated_at' => time_text($g['updated_at']),
	'version' => $g['version'],
]);
