// SPDX-License-Identifier: MIT
// Where answers are late, lost, strange, or made old by somebody else, the pages say no more than is so, and do not fail.

import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

const dialog = (page) => page.getByRole('dialog');
const TEXT = 'Rule (one Cedar statement)';

/** Two clicks on "Next" before the page comes lead to the second page, not to the first under the third one's name. */
async function paging(t, tenant) {
  for (let i = 0; i < 120; i++)
    await tenant.admin.grant({ grantee_id: `user-${i}` });
  const page = await t.open(tenant.admin, '/grants');
  await page.locator('main').getByText('Page 1 ·').waitFor();
  let hold;
  await page.route('**/v1/grants?*cursor=*', async (route) => {
    await new Promise((resolve) => { hold = resolve; });
    await route.continue();
  });
  await page.getByRole('button', { name: 'Next' }).evaluate((next) => [1, 2].forEach(() => next.click()));
  await t.until('it is asked for', async () => hold);
  hold();
  await page.locator('main').getByText(/Page [23] · /).waitFor();
  await page.unroute('**/v1/grants?*cursor=*');
  t.like('clicked twice, the page is the one that it is called', `${await page.locator('.pager').innerText()} ${await page.locator('tbody').innerText()}`,
    /Page 2 · 50 rows[^]*user-69[^]*user-20\b/);
}

/** What is in the address is what is asked. */
async function times(t, tenant) {
  const page = await t.open(tenant.admin, '/log?from=yesterday');
  await page.locator('main').getByText('Page 1 ·').waitFor();
  t.is('a time in the address that is none is left out', await page.getByLabel('From').inputValue(), '');
  const asked = page.waitForRequest(/audit-log\?.*from=/);
  await t.go(page, '/log?from=2026-01-01T09:30:45.000Z');
  t.is('and one with seconds keeps them', new URL((await asked).url()).searchParams.get('from'), '2026-01-01T09:30:45.000Z');
}

/** An answer of a newer API, or of a proxy. */
async function strange(t, tenant) {
  const page = await t.open(tenant.admin, '/keys');
  await page.locator('tbody tr').first().waitFor();
  const answer = { status: 503, headers: { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    json: { code: 'unavailable', message: 'down', details: null, notices: null } };
  await page.route('**/v1/policies?*', (route) => route.fulfill(answer));
  await t.go(page, '/policies');
  const told = page.locator('.note').filter({ hasText: 'The service cannot answer just now' });
  await told.waitFor();
  t.ok('a date is no number of seconds', !(await told.innerText()).includes('NaN'));
  await page.unroute('**/v1/policies?*');
}

/** What was made may be there though the answer is lost: repeating it makes a second one. */
async function lost(t, tenant) {
  const page = await t.open(tenant.admin, '/policies');
  await page.getByRole('link', { name: 'baseline' }).waitFor();
  await page.route('**/v1/policies', async (route) => {
    await route.fetch();
    await route.fulfill({ status: 503, json: { code: 'commit_unknown', message: 'lost', details: {} } });
  });
  await page.getByRole('button', { name: 'New policy' }).click();
  await dialog(page).getByLabel('Name').fill('Once');
  await dialog(page).getByLabel('Reason').fill('For a test');
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
  const told = await t.notice(page, /It is not known/);
  t.ok('nobody is told to repeat it', !told.includes('no harm'), told);
  await page.unroute('**/v1/policies');
}

/** The log that may not be read any more is not followed any more. */
async function refused(t, tenant) {
  const page = await t.open(tenant.admin, '/log');
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText('Following: 0').waitFor();
  await page.route('**/v1/audit-log?*', (route) => route.fulfill({ status: 403, json: { code: 'policy_denied', message: 'no', details: {}, notices: [] } }));
  await page.locator('.paged').getByText('Refused by the policies').waitFor();
  t.is('nor is that said', await page.locator('.follow-state').innerText(), '');
  await page.unroute('**/v1/audit-log?*');
}

async function checkpoint(t, tenant) {
  const page = await t.open(tenant.admin, '/log');
  const file = join(tmpdir(), `checkpoint-${randomUUID()}`);
  for (const [name, letter] of [['key', 'k'], ['other', 'o']])
    await writeFile(`${file}.${name}`, letter.repeat(40));
  await t.site.grantctl('audit', 'checkpoint', '--tenant', tenant.id, '--key-file', `${file}.key`, file);
  await page.getByLabel('Checkpoint file').setInputFiles(file);
  const agree = page.locator('.note-title').filter({ hasText: /^All \d+ chains agree/ });
  await agree.waitFor();
  await page.getByLabel('Key file').setInputFiles(`${file}.other`);
  await page.getByText('this is not its key').waitFor();
  t.is('nothing agrees with a checkpoint that another key signed', await agree.isVisible(), false);
}

/** A dialog does not come over the page, or the sign-in, that somebody went to meanwhile. */
async function late(t, tenant) {
  const { policy: { id } } = await tenant.admin.policy('Late', { policy_text: 'forbid (principal, action == Action::"GetGrant", resource);' });
  const page = await t.open(tenant.admin, `/policies/${id}`);
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel(TEXT).fill('forbid (principal, action == Action::"ListGrants", resource);');
  let hold;
  await page.route('**/v1/policies/evaluate', async (route) => {
    await new Promise((resolve) => { hold = resolve; });
    await route.continue();
  });
  const came = page.waitForResponse(/evaluate/);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await t.until('it is asked', async () => hold);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  hold();
  await (await came).finished();
  await page.unroute('**/v1/policies/evaluate');
  // Whatever was to come of the answer has come once another, later one is there.
  await t.signIn(page, tenant.admin);
  await page.getByRole('heading', { name: 'Late', level: 1 }).waitFor();
  t.is('nothing is in front of it', await dialog(page).count(), 0);
  return id;
}

/** The draft of a rule that somebody else deletes is one of a new rule, and nothing stored is left of it. */
async function gone(t, tenant, policy) {
  const page = await t.open(tenant.admin, `/policies/${policy}`);
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel(TEXT).fill('forbid (principal, action == Action::"RevokeGrant", resource);');
  const { data: [rule] } = await tenant.admin.get(`/policies/${policy}/rules`);
  await tenant.admin.delete(`/policies/${policy}/rules/${rule.id}`);
  await t.go(page, '/policies');
  await page.getByRole('link', { name: 'baseline' }).waitFor();
  await t.go(page, `/policies/${policy}`);
  t.like('what was typed is there', await page.getByLabel(TEXT).inputValue(), /RevokeGrant/);
  t.is('as a new rule', await page.getByText('New rule', { exact: true }).count(), 1);
  await page.getByRole('button', { name: 'Drop', exact: true }).click();
  t.is('dropped, it is not shown as one that is stored', await page.locator('.rule').count(), 0);
}

async function events(t, tenant) {
  const grant = await tenant.admin.grant({ metadata: { constructor: 'x' } });
  await tenant.collector.post(`/grants/${grant.id}/activity`, { events: [{ id: randomUUID(), occurred_at: new Date().toISOString(), service: 's3',
    name: 'GetObject', kind: 'read', outcome: 'success' }] });
  const page = await t.open(tenant.admin, `/grants/${grant.id}`);
  await page.getByRole('cell', { name: 'GetObject' }).waitFor();
  await page.getByLabel('Outcome').selectOption('Denied');
  await page.locator('.empty').waitFor();
  t.is('no event like that is not no event', await page.locator('.empty').innerText(), 'No event is like that');
}

/** Any object is one, whatever its members are called. */
async function objects(t, tenant) {
  const page = await t.open(tenant.admin, '/grants');
  await page.getByRole('button', { name: 'New grant' }).click();
  await dialog(page).getByLabel('Grantee').fill('eve@example.com');
  await dialog(page).getByLabel('May').fill('read');
  await dialog(page).getByLabel('Resource', { exact: true }).fill('123456789012');
  await dialog(page).getByLabel('Metadata').fill('{"constructor": "x", "__proto__": "y"}');
  await dialog(page).getByLabel('Reason').fill('For a test');
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
  await t.notice(page, /has a new grant/);
  const { data: [grant] } = await tenant.admin.get('/grants?grantee_id=eve@example.com');
  t.is('the grant has them', JSON.stringify(grant.metadata), '{"__proto__":"y","constructor":"x"}');
}

/** A refusal of a key that is not the one of who is signed in now ends nothing. */
async function earlier(t, tenant) {
  const page = await t.blank();
  const leave = async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  };
  let hold;
  await page.goto(`${t.site.url}/console/`);
  // Whether the log may be read is asked as somebody comes, and is not taken back as he leaves.
  await page.route('**/v1/audit-log?*', async (route) => {
    await new Promise((resolve) => { hold = resolve; });
    await route.fulfill({ status: 401, json: { code: 'unauthenticated', message: 'no', details: {} } });
  }, { times: 1 });
  await t.signIn(page, tenant.operator);
  await t.until('it is asked', async () => hold);
  await leave();
  await t.signIn(page, tenant.admin);
  const came = page.waitForResponse((response) => response.status() === 401);
  hold();
  await came;
  await t.go(page, '/keys');
  await page.locator('tbody tr').first().waitFor();
  t.is('who is signed in stays so', await page.getByRole('button', { name: 'Sign out' }).count(), 1);
}

/** A history that could not be read is read when it is tried again. */
async function again(t, tenant) {
  const grant = await tenant.admin.grant({});
  const page = await t.blank();
  await page.route('**/v1/audit-log?*resource_id=*', (route) => route.fulfill({ status: 503, json: { code: 'unavailable', message: 'down', details: {} } }));
  await page.goto(`${t.site.url}/console/#/grants/${grant.id}`);
  await t.signIn(page, tenant.admin);
  const retry = page.locator('.verdict-place').getByRole('button', { name: 'Try again' });
  await retry.waitFor();
  await page.unroute('**/v1/audit-log?*resource_id=*');
  await retry.click();
  await page.getByText('Chain holds').waitFor();
  t.is('its entry is there', await page.locator('.entry').count(), 1);
}

/** The answer to a deletion is lost: what is not there any more is deleted. */
async function deleted(t, tenant) {
  const { policy: { id } } = await tenant.admin.policy('Doomed', { policy_text: 'forbid (principal, action == Action::"GetGrant", resource);' });
  const page = await t.open(tenant.admin, `/policies/${id}`);
  const lose = async (route) => {
    if (route.request().method() !== 'DELETE')
      return route.continue();
    await route.fetch();
    return route.fulfill({ status: 503, json: { code: 'commit_unknown', message: 'lost', details: {} } });
  };
  await page.route(`**/v1/policies/${id}**`, lose);
  const confirm = async () => {
    await dialog(page).getByLabel('Reason').fill('For a test');
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
  };
  await page.locator('.rule').getByRole('button', { name: /^Delete/ }).click();
  await confirm();
  await t.notice(page, /Done: it was read again/);
  await page.getByText('It has no rules').waitFor();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await confirm();
  t.like('the policy, too', await t.notice(page, /read again/), /The answer was lost, not the change/);
  await page.getByRole('link', { name: 'baseline' }).waitFor();
  t.is('and the list is without it', await page.getByRole('link', { name: 'Doomed' }).count(), 0);
  await page.unroute(`**/v1/policies/${id}**`);
}

/** What the policies answered is not beside rules that are others. */
async function stale(t, tenant) {
  const page = await t.open(tenant.admin, '/what-if');
  await page.locator('[data-rule]').first().waitFor();
  await page.getByRole('button', { name: 'Ask the policies' }).click();
  await page.getByRole('region', { name: 'As the policies are stored' }).waitFor();
  t.ok('what decided is lit', await page.locator('.rule.lit').count() > 0);
  await page.locator('[data-rule]').first().getByRole('button', { name: /^Leave out/ }).click();
  await page.getByText('1 change, not stored').waitFor();
  t.is('with another rule, nothing is answered', await page.locator('.answers section, .rule.lit').count(), 0);
  let hold;
  await page.route('**/v1/policies/evaluate', async (route) => {
    await new Promise((resolve) => { hold = resolve; });
    await route.continue();
  }, { times: 1 });
  await page.getByRole('button', { name: 'Ask the policies' }).click();
  await t.until('it is asked', async () => hold);
  await page.getByRole('button', { name: 'Drop all' }).click();
  hold();
  // Asked and answered, the button can be pressed again.
  await page.locator('[type="submit"]:not([aria-disabled])').filter({ hasText: 'Ask the policies' }).waitFor();
  t.is('nor by what was asked before', await page.locator('.answers section, .rule.lit').count(), 0);
}

export async function run(t) {
  const tenant = await t.tenant();
  const parts = { paging, times, strange, lost, refused, checkpoint, events, objects, earlier, again, deleted, stale };
  for (const [name, part] of Object.entries(parts))
    await part(t, tenant).catch((error) => t.ok(`${name} goes through`, false, error.stack));
  await gone(t, tenant, await late(t, tenant));
}
