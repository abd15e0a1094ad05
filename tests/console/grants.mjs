// SPDX-License-Identifier: MIT
// The list of grants: filters, paging, the switch with all that can become of it, making and revoking, by mouse and keyboard.

/** It stops the server for a while. */
export const alone = true;

const PATCHES = /\/v1\/grants\/[0-9a-f-]{36}$/;

const rows = (page) => page.locator('tbody tr');
const row = (page, grantee) => page.getByRole('row', { name: new RegExp(grantee) });

async function toSwitch(page, grantee, reason) {
  await row(page, grantee).getByRole('switch').click();
  await page.getByRole('dialog').getByLabel('Reason').fill(reason);
}

async function filters(t, page) {
  await page.getByLabel('Resource', { exact: true }).fill('arn:aws:s3:::reports-7');
  await page.keyboard.press('Enter');
  await t.until('one is left', async () => await rows(page).count() === 1);
  t.like('by resource', await rows(page).innerText(), /reports-7/);
  t.like('filters are in the address', page.url(), /resource_id=arn/);
  await page.getByRole('button', { name: 'Clear' }).click();
  await t.until('all are back', async () => await rows(page).count() === 50);
  await page.getByLabel('State').selectOption('revoked');
  await t.until('revoked ones', async () => await rows(page).count() === 1);
  t.like('by state', await rows(page).innerText(), /Revoked/);
  await page.getByLabel('State').selectOption('');
  await page.getByLabel('Auditing', { exact: true }).selectOption('true');
  await t.until('audited ones', async () => await rows(page).count() === 1);
  t.ok('by auditing', true);
  await page.getByLabel('Grantee').fill('nobody');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No grant matches').waitFor();
  t.ok('nothing found is said', true);
  await t.look(page, 'grants-none');
  await page.getByRole('button', { name: 'Clear' }).click();
  await t.until('all are back', async () => await rows(page).count() === 50);
}

async function pages(t, page) {
  const first = await rows(page).allInnerTexts();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('main').getByText('Page 2 ·').waitFor();
  const second = await rows(page).allInnerTexts();
  t.is('the second page has the rest', [first.length, second.length], [50, 8]);
  t.ok('no row is on both', !second.some((text) => first.includes(text)));
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.locator('main').getByText('Page 1 ·').waitFor();
  t.is('and back', (await rows(page).allInnerTexts()).map((x) => x.split('\t')[0]), first.map((x) => x.split('\t')[0]));
}

async function conflict(t, page, admin, grant) {
  await toSwitch(page, 'carol', 'too late');
  // Between what the page reads and what it sends.
  await page.route(PATCHES, async (route) => {
    if (route.request().method() === 'PATCH')
      await admin.patch(`/grants/${grant.id}`, { audit_enabled: true });
    await route.continue();
  });
  await page.getByRole('button', { name: /^Switch o/ }).click();
  t.like('another one’s change is told', await t.notice(page, /Somebody else/), /Nothing of yours was done/);
  t.is('and shown', await row(page, 'carol').getByRole('switch').getAttribute('aria-checked'), 'true');
  await page.unroute(PATCHES);
}

/** What becomes of the request, and what the answer is, are told apart. */
async function answerLost(page, arrives, answer) {
  await page.route(PATCHES, async (route) => {
    if (route.request().method() !== 'PATCH')
      return route.continue();
    if (arrives)
      await route.fetch();
    return answer === null ? route.abort('connectionreset') : route.fulfill({ status: 503, contentType: 'application/json',
      body: JSON.stringify({ code: answer, message: 'lost', details: { request_id: 'r' } }) });
  });
}

async function unknown(t, page, admin, grant) {
  t.expectComplaint(/ERR_CONNECTION_RESET/);
  for (const answer of ['commit_unknown', null]) {
    const before = (await admin.get(`/grants/${grant.id}`)).audit_enabled;
    await answerLost(page, true, answer);
    await toSwitch(page, 'dave', 'lost');
    await page.getByRole('button', { name: /^Switch o/ }).click();
    t.like(`${answer ?? 'a lost answer'}: read again, and done`, await t.notice(page, /Done: it was read again/), /not the change/);
    t.is('the switch shows it', await row(page, 'dave').getByRole('switch').getAttribute('aria-checked'), String(!before));
    await page.unroute(PATCHES);
    await answerLost(page, false, answer);
    await toSwitch(page, 'dave', 'lost');
    await page.getByRole('button', { name: /^Switch o/ }).click();
    t.like(`${answer ?? 'a lost request'}: read again, and not done`, await t.notice(page, /Not done as far/), /as before/);
    t.is('the switch stays', await row(page, 'dave').getByRole('switch').getAttribute('aria-checked'), String(!before));
    await page.unroute(PATCHES);
  }
}

async function create(t, page, admin) {
  await page.getByRole('button', { name: 'New grant' }).click();
  const dialog = page.getByRole('dialog');
  await t.axe(page, 'the dialog for a new grant');
  await dialog.getByLabel('Grantee').fill('frank@example.com');
  await dialog.getByLabel('May (action)').fill('read');
  await dialog.getByLabel('Resource', { exact: true }).fill('12345');
  await dialog.getByLabel('Metadata').fill('{"ticket": "OPS-9"}');
  await dialog.getByRole('button', { name: 'Create' }).click();
  t.like('a reason is asked for', await dialog.getByRole('alert').innerText(), /Say why/);
  await dialog.getByLabel('Reason').fill('on call');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Something in this does not fit').waitFor();
  t.is('what does not fit has the focus', await t.focused(page), 'input Resource');
  await dialog.getByLabel('Resource', { exact: true }).fill('123456789012');
  await dialog.getByRole('button', { name: 'Create' }).click();
  t.like('made', await t.notice(page, /Committed/), /frank@example.com has a new grant/);
  await page.getByRole('heading', { level: 1, name: 'frank@example.com' }).waitFor();
  const made = (await admin.get('/grants?grantee_id=frank@example.com')).data;
  t.is('one grant, with its metadata', made.map((g) => g.metadata), [{ ticket: 'OPS-9' }]);
}

async function revoke(t, page, admin) {
  await page.getByRole('button', { name: 'Revoke…' }).click();
  await page.getByLabel('Reason').fill('over');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  t.like('revoked', await t.notice(page, /revoked/), /frank@example.com is revoked/);
  t.is('and is so', (await admin.get('/grants?grantee_id=frank@example.com')).data[0].status, 'revoked');
  t.is('it cannot be again', await page.getByRole('button', { name: 'Revoke…' }).count(), 0);
}

async function byKeyboard(t, page, admin, grant) {
  await t.go(page, '/grants');
  await row(page, 'carol').waitFor();
  await t.tabTo(page, /switch Auditing of carol/);
  await page.keyboard.press('Space');
  await page.getByRole('dialog').waitFor();
  await t.until('the reason has the focus', async () => /Reason/.test(await t.focused(page)));
  await page.keyboard.type('with keys');
  await page.keyboard.press('Enter');
  await t.notice(page, /Committed/);
  t.is('switched', (await admin.get(`/grants/${grant.id}`)).audit_enabled, false);
  await t.until('the focus is back', async () => /^switch Auditing of carol/.test(await t.focused(page)));
  await page.keyboard.press('Space');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.like('Escape gives the focus back', await t.focused(page), /^switch Auditing of carol/);
}

async function serverGoes(t, page) {
  t.expectComplaint(/ERR_CONNECTION|Failed to fetch|ERR_EMPTY/);
  await t.site.stop();
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No answer came').first().waitFor();
  t.ok('the server going away is told', true);
  await t.look(page, 'no-server');
  await t.site.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await rows(page).first().waitFor();
  t.ok('and its coming back is seen, without signing in', true);
}

async function networkGoes(t, page) {
  t.expectComplaint(/ERR_INTERNET_DISCONNECTED/);
  await page.context().setOffline(true);
  await page.getByText('No network').waitFor();
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No answer came').first().waitFor();
  t.ok('no network is told', true);
  await page.context().setOffline(false);
  await page.getByText('No network').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try again' }).click();
  await rows(page).first().waitFor();
  t.ok('and that there is one again', true);
}

export async function run(t) {
  const tenant = await t.tenant();
  const { admin } = tenant;
  for (let i = 0; i < 55; i++)
    await admin.grant({ grantee_id: `user-${i}@example.com`, resource: { type: 'aws_s3_bucket', id: `arn:aws:s3:::reports-${i}` } });
  const carol = await admin.grant({ grantee_id: 'carol', expires_at: new Date(Date.now() + 3600000).toISOString() });
  const dave = await admin.grant({ grantee_id: 'dave' });
  const old = await admin.grant({ grantee_id: 'old' });
  await admin.delete(`/grants/${old.id}`);
  for (const g of (await admin.get('/grants?limit=250')).data)
    if (g.audit_enabled)
      await admin.patch(`/grants/${g.id}`, { audit_enabled: false });
  await admin.patch(`/grants/${carol.id}`, { audit_enabled: true });

  const page = await t.open(tenant.operator, '/grants');
  await rows(page).first().waitFor();
  await t.look(page, 'grants');
  await filters(t, page);
  await pages(t, page);
  await admin.patch(`/grants/${carol.id}`, { audit_enabled: false });
  await page.reload();
  await t.signIn(page, tenant.operator);
  await row(page, 'carol').waitFor();
  await admin.patch(`/grants/${carol.id}`, { audit_enabled: true });
  await toSwitch(page, 'carol', 'stale');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await t.notice(page, /Somebody else changed this/);
  t.is('what was changed before is not changed again', await row(page, 'carol').getByRole('switch').getAttribute('aria-checked'), 'true');
  await admin.patch(`/grants/${carol.id}`, { audit_enabled: false });
  await page.reload();
  await t.signIn(page, tenant.operator);
  await conflict(t, page, admin, carol);
  await unknown(t, page, admin, dave);
  const byAdmin = await t.open(admin, '/grants');
  await rows(byAdmin).first().waitFor();
  await create(t, byAdmin, admin);
  await revoke(t, byAdmin, admin);
  await byKeyboard(t, page, admin, carol);
  await networkGoes(t, page);
  await serverGoes(t, page);
}
