// SPDX-License-Identifier: MIT
// A grant's page: its history, each way in which a chain can be broken, both forms of entries, its activity, and when it was off.

import { randomUUID } from 'node:crypto';

const verdict = (page) => page.locator('.verdict');
const entries = (page) => page.locator('.timeline .entry');

/** Look at the page anew. */
async function again(t, page, grant, text) {
  await t.go(page, '/none');
  await t.go(page, `/grants/${grant.id}`);
  await verdict(page).filter({ hasText: text }).waitFor();
  return verdict(page).innerText();
}

/** As somebody would who may change the tables. */
const alter = (t, sql) => t.site.sql(`SET session_replication_role = replica; ${sql}`);

async function switched(admin, grant, times) {
  for (let i = 0; i < times; i++)
    await admin.patch(`/grants/${grant.id}`, { audit_enabled: i % 2 === 0 }, { 'X-Audit-Reason': `turn ${i}` });
}

/** A grant with entries, whose auditing is off in the end. */
async function made(admin, name, times) {
  const grant = await admin.grant({ grantee_id: name });
  if (grant.audit_enabled)
    await admin.patch(`/grants/${grant.id}`, { audit_enabled: false });
  await switched(admin, grant, times);
  return grant;
}

async function holds(t, page, tenant, grant) {
  const told = await again(t, page, grant, 'Chain holds');
  t.like('a chain that holds', told, /each hash computed again here/);
  await entries(page).first().getByText('admin', { exact: true }).waitFor();
  const first = await entries(page).first().innerText();
  t.like('who', first, /admin/);
  t.like('what, before and after', first, /Auditing switched[\s\S]*audit_enabled\s+true\s+false/);
  t.like('why', first, /turn 3/);
  await entries(page).first().locator('code').getByText('permit').waitFor();
  t.ok('which rules', true);
  await entries(page).first().getByText('Details').click();
  t.like('and from where', await entries(page).first().innerText(), /From\s+127\.0\.0\.1/);
  t.like('times are the reader’s, with UTC', await entries(page).first().locator('time').getAttribute('title'), /UTC$/);
}

/**
 * Write a grant's entries as versions before had them: as jsonb, with the hash of the first form, in a chain that holds.
 * @param {string} at when an entry was, in SQL
 */
const rewrite = (t, tenant, grant, at = 'e.created_at') => alter(t, `DO $do$
  DECLARE
    e grantd.audit_log;
    head bytea := decode(repeat('00', 32), 'hex');
  BEGIN
    FOR e IN SELECT * FROM grantd.audit_log WHERE tenant_id = '${tenant.id}' AND resource_id = '${grant.id}' ORDER BY sequence LOOP
      e.metadata := coalesce(e.metadata, e.record::jsonb);
      e.created_at := ${at};
      UPDATE grantd.audit_log a SET metadata = e.metadata, record = NULL, created_at = e.created_at, previous_hash = head,
          hash = grantd.audit_hash(head, e.tenant_id, e.id, e.resource_type, e.resource_id, e.sequence, e.actor_id, e.actor_type,
            e.action, e.outcome, e.metadata, e.reasoning, e.created_at)
        WHERE a.tenant_id = e.tenant_id AND a.id = e.id RETURNING a.hash INTO head;
    END LOOP;
    UPDATE grantd.grants SET audit_head = head WHERE tenant_id = '${tenant.id}' AND id = '${grant.id}';
  END $do$`);

async function bothForms(t, page, tenant, admin, grant) {
  await rewrite(t, tenant, grant);
  await switched(admin, grant, 2);
  const told = await again(t, page, grant, 'Chain holds');
  t.like('a chain of entries of both forms holds', told, /each hash computed again here/);
  await alter(t, `UPDATE grantd.audit_log SET metadata = metadata || '{"source_ip": "192.0.2.1"}'
    WHERE tenant_id = '${tenant.id}' AND resource_id = '${grant.id}' AND sequence = 1`);
  t.like('unless one of the first form was altered', await again(t, page, grant, 'broken at entry 1'), /something in it was changed/);
}

async function broken(t, page, tenant, admin) {
  const of = (grant) => `tenant_id = '${tenant.id}' AND resource_type = 'grant' AND resource_id = '${grant.id}'`;
  const change = await made(admin, 'changed', 4);
  await alter(t, `UPDATE grantd.audit_log SET actor_id = 'nobody' WHERE ${of(change)} AND sequence = 2`);
  t.like('an actor that was altered', await again(t, page, change, 'broken at entry 2'), /something in it was changed/);
  await t.look(page, 'grant-broken');
  const gone = await made(admin, 'gone', 4);
  await alter(t, `DELETE FROM grantd.audit_log WHERE ${of(gone)} AND sequence = 3`);
  t.like('one that was removed', await again(t, page, gone, 'broken at entry 4'), /The entry before it is missing/);
  const begin = await made(admin, 'begin', 4);
  await alter(t, `DELETE FROM grantd.audit_log WHERE ${of(begin)} AND sequence = 1`);
  t.like('the first one removed', await again(t, page, begin, 'broken at entry 2'), /the beginning was archived, or is missing/);
  const link = await made(admin, 'link', 4);
  await alter(t, `UPDATE grantd.audit_log SET hash = sha256('x') WHERE ${of(link)} AND sequence = 2`);
  t.like('a hash that was altered', await again(t, page, link, 'broken at entry 2'), /something in it was changed/);
  t.is('breaks the one after it, too', await page.locator('.timeline .broken').count(), 2);
  const cut = await made(admin, 'cut', 4);
  await alter(t, `DELETE FROM grantd.audit_log WHERE ${of(cut)} AND sequence >= 4`);
  t.like('the end removed', await again(t, page, cut, 'not as its history says'), /removed from the end/);
  const flipped = await made(admin, 'flipped', 4);
  await alter(t, `UPDATE grantd.grants SET audit_enabled = true WHERE tenant_id = '${tenant.id}' AND id = '${flipped.id}'`);
  t.like('a switch that was flipped by hand', await again(t, page, flipped, 'not as its history says'), /changed by hand/);
  const longer = await made(admin, 'longer', 2);
  await alter(t, `UPDATE grantd.grants SET expires_at = expires_at + interval '1 year' WHERE tenant_id = '${tenant.id}' AND id = '${longer.id}'`);
  t.like('an end that was put off by hand', await again(t, page, longer, 'not as its history says'), /changed by hand/);
}

async function long(t, page, admin) {
  const grant = await made(admin, 'long', 260);
  await again(t, page, grant, 'Chain holds');
  t.ok('a chain of more than a page', /26[12] entries/.test(await verdict(page).innerText()));
  t.is('a part of it is shown', await entries(page).count(), 20);
  await page.getByRole('button', { name: 'Show more' }).click();
  t.is('and more, when asked', await entries(page).count(), 40);
}

const event = (minutes, more) => ({ id: randomUUID(), occurred_at: new Date(Date.now() - minutes * 60000).toISOString(), service: 's3',
  name: 'GetObject', kind: 'read', outcome: 'success', source_ip: '192.0.2.7', ...more });

async function active(t, page, tenant, admin) {
  const grant = await admin.grant({ grantee_id: 'busy@example.com' });
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: true });
  const events = [];
  for (let i = 0; i < 144; i++)
    if (i < 48 || i > 60)
      events.push(event(i * 5 + 1, i % 7 === 0 ? { kind: 'write', name: 'PutObject' } : i % 11 === 0 ? { outcome: 'denied' } :
        i % 31 === 0 ? { service: 'rds', outcome: 'error', details: { code: 'Throttling' } } : {}));
  await tenant.collector.post(`/grants/${grant.id}/activity`, { events });
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: false }, { 'X-Audit-Reason': 'Migration of the reports, OPS-7' });
  await admin.patch(`/grants/${grant.id}`, { audit_enabled: true }, { 'X-Audit-Reason': 'Migration done' });
  // An hour in which it was off, some hours ago.
  const hours = "CASE e.reasoning WHEN 'Migration of the reports, OPS-7' THEN 5 WHEN 'Migration done' THEN 4 ELSE 13 END";
  await rewrite(t, tenant, grant, `e.created_at - ${hours} * interval '1 hour'`);
  await t.site.sql(`SET session_replication_role = replica; UPDATE grantd.grants SET granted_at = granted_at - interval '13 hours',
    created_at = created_at - interval '13 hours' WHERE id = '${grant.id}'`);
  await t.go(page, `/grants/${grant.id}`);
  const section = page.getByRole('region', { name: 'Activity' });
  await section.getByRole('img', { name: new RegExp(`${events.length} events`) }).waitFor();
  t.like('totals', await section.locator('.totals').innerText(), new RegExp(`${events.length}\\s*events`));
  const widths = (what) => section.locator(what).evaluateAll((all) => all.map((e) => Number(e.getAttribute('width'))));
  const [gaps, [bucket]] = [await widths('.off-stretch'), await widths('.bucket')];
  t.is('the time without auditing is hatched', [gaps.length, await section.locator('.off-stretch').evaluate((e) => getComputedStyle(e).fill.slice(0, 5))], [1, 'url("']);
  t.ok('as long as it was: four quarters of an hour', Math.abs(gaps[0] / bucket - 4) < 0.05, `${gaps[0] / bucket}`);
  await section.getByRole('button', { name: 'Next' }).click();
  await section.getByText('Page 2 ·').waitFor();
  t.is('events page by page', await section.locator('.paged tbody tr:not(.gap)').count(), 25);
  t.like('and has a line between events', await section.locator('.gap-off').first().innerText(), /Auditing was off/);
  t.ok('and is another line beside the entries', await page.locator('.entry.was-off').count() > 0);
  await section.locator('summary', { hasText: 'The chart as a table' }).click();
  t.ok('the chart is a table, too', await section.getByRole('table', { name: 'The chart as a table' }).count() === 1);
  await section.locator('summary', { hasText: 'The chart as a table' }).click();
  await section.getByLabel('Outcome').selectOption('error');
  await t.until('failed ones', async () => (await section.locator('.paged tbody tr:not(.gap)').allInnerTexts()).every((x) => /rds/.test(x)));
  t.ok('events by outcome', true);
  await section.getByLabel('Outcome').selectOption('');
  await section.getByLabel('Period').selectOption('1');
  await section.getByRole('img', { name: /events/ }).waitFor();
  await t.go(page, '/none');
  await t.go(page, `/grants/${grant.id}`);
  await section.getByRole('img', { name: new RegExp(`${events.length} events`) }).waitFor();
  await t.look(page, 'grant');
  await section.evaluate((e) => e.scrollIntoView());
  await t.look(page, 'grant-activity');
}

/** Reads and writes by how they ended: as the totals have them, the table, and the titles of the chart's buckets. */
async function counted(section) {
  const sums = (lists) => lists.reduce((a, b) => a.map((n, i) => n + b[i]));
  const rows = await section.locator('.figure tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].slice(1).map((cell) => Number(cell.textContent))));
  const labels = ['Read: Success', 'Read: Denied', 'Read: Error', 'Write: Success', 'Write: Denied', 'Write: Error'];
  const titles = (await section.locator('.chart g > title').allTextContents()).map((text) =>
    labels.map((label) => Number(new RegExp(`^${label}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0)));
  const totals = Object.fromEntries((await section.locator('.total').allInnerTexts()).map((text) => text.split('\n')).map(([n, what]) =>
    [what.split(',')[0], Number(n.replace(',', ''))]));
  return { totals, table: sums(rows), titles: sums(titles), first: titles[0] };
}

/** However many events there are, all of them are in the chart, and those that are older than the grant, too. */
async function many(t, page, tenant, admin) {
  const grant = await admin.grant({ grantee_id: 'much@example.com' });
  if (!grant.audit_enabled)
    await admin.patch(`/grants/${grant.id}`, { audit_enabled: true });
  const kinds = [{}, {}, { kind: 'write' }, { outcome: 'denied' }, { kind: 'write', outcome: 'error' }];
  for (let i = 0; i < 5000; i += 500)
    await tenant.collector.post(`/grants/${grant.id}/activity`, { events: Array.from({ length: 500 }, (_, k) => event(i + k + 1, kinds[k % 5])) });
  await t.go(page, `/grants/${grant.id}`);
  const section = page.getByRole('region', { name: 'Activity' });
  await section.getByRole('img', { name: /5,000 events/ }).waitFor();
  const all = await counted(section);
  const wanted = [2000, 1000, 0, 1000, 0, 1000];
  t.is('5,000 events are counted', all.totals, { events: 5000, reads: 3000, writes: 2000, denied: 1000, failed: 1000 });
  t.is('the chart has each', all.titles, wanted);
  t.is('and so has its table', all.table, wanted);
  t.ok('it begins with the first, from before the grant', all.first.some((n) => n > 0));
  await section.getByLabel('Period').selectOption('1');
  await section.getByRole('img', { name: /1,4[34]\d events/ }).waitFor();
  const day = await counted(section);
  t.is('of a day, too', [day.titles, day.table].map((list) => list.reduce((a, b) => a + b)), [day.totals.events, day.totals.events]);
  await tenant.collector.post(`/grants/${grant.id}/activity`, { events: [event(40 * 24 * 60)] });
  await section.getByLabel('Period').selectOption('30');
  await section.getByRole('img', { name: /5,000 events/ }).waitFor();
  await section.getByLabel('Period').selectOption('0');
  await section.getByRole('img', { name: /5,001 events/ }).waitFor();
  t.is('and from the beginning', (await counted(section)).totals.events, 5001);
  // Of a grant that ended long ago, the last days are its own.
  await t.site.sql(`SET session_replication_role = replica; UPDATE grantd.grants SET granted_at = now() - interval '80 days',
    created_at = now() - interval '80 days', expires_at = now() - interval '39 days' WHERE id = '${grant.id}'`);
  await t.go(page, '/none');
  await t.go(page, `/grants/${grant.id}`);
  await section.getByRole('img', { name: /5,001 events/ }).waitFor();
  t.is('30 days are asked for at first', await section.getByLabel('Period').inputValue(), '30');
}

async function refused(t, tenant, admin) {
  const grant = await admin.grant({ grantee_id: 'hidden' });
  await admin.policy('No log', { policy_text: 'forbid (principal, action == Action::"ListAuditLog", resource) unless { principal in Role::"admin" };',
    notice: 'The log is for admins.' });
  const page = await t.open(tenant.operator, `/grants/${grant.id}`);
  await page.getByText('The log is for admins.').waitFor();
  t.ok('a history that may not be read says why, and the rest is there', await page.getByRole('switch').count() === 1);
  await t.go(page, `/grants/${randomUUID()}`);
  await page.getByText('There is nothing here that your key may see').waitFor();
  t.ok('a grant that is not there is told', true);
}

export async function run(t) {
  const tenant = await t.tenant();
  const { admin } = tenant;
  const page = await t.open(admin, '/grants');
  const grant = await made(admin, 'alice', 4);
  await holds(t, page, tenant, grant);
  await bothForms(t, page, tenant, admin, grant);
  await broken(t, page, tenant, admin);
  await long(t, page, admin);
  await active(t, page, tenant, admin);
  await many(t, page, tenant, admin);
  await refused(t, tenant, admin);
}
