// SPDX-License-Identifier: MIT
// Keys: made and shown once, rotated with an overlap, revoked; what is refused, and what somebody else did meanwhile.

const RAW = /grd_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}/;

const row = (page, name) => page.getByRole('row', { name: new RegExp(`^${name}`) });
const dialog = (page) => page.getByRole('dialog');

async function create(t, page, tenant) {
  await page.getByRole('button', { name: 'New key' }).click();
  await dialog(page).getByLabel('Name').fill('robot');
  await dialog(page).getByLabel('Roles').fill('auditor, operator');
  await dialog(page).getByRole('button', { name: 'Make the key' }).click();
  t.like('a reason is asked for', await dialog(page).getByRole('alert').innerText(), /Say why/);
  await dialog(page).getByLabel('Reason').fill('For the nightly report');
  await dialog(page).getByLabel('Ends').pressSequentially('31');
  await dialog(page).getByRole('button', { name: 'Make the key' }).click();
  await dialog(page).getByText('The end is not a full date').waitFor();
  t.is('half an end is not none', await t.focused(page), 'input Ends');
  for (const end of ['2100-01-01T00:00', ''])
    await dialog(page).getByLabel('Ends').fill(end);
  await dialog(page).getByRole('button', { name: 'Make the key' }).click();
  const secret = page.getByLabel('The new key', { exact: true });
  const key = await secret.innerText();
  t.keys.add(key);
  t.like('the key is shown', key, new RegExp(`^${RAW.source}$`));
  await t.look(page, 'key-once');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog(page).getByRole('button', { name: 'Copy' }).click();
  await dialog(page).getByText('Copied.').waitFor();
  await page.keyboard.press('Escape');
  t.ok('and not gone by a slip', await dialog(page).isVisible());
  t.is('and copied', await page.evaluate(() => navigator.clipboard.readText()), key);
  await dialog(page).getByRole('button', { name: 'I have it' }).click();
  await row(page, 'robot').waitFor();
  t.ok('then it is nowhere in the page', !RAW.test(await page.content()));
  t.is('it works, with its roles', (await fetch(`${t.site.url}/v1/grants`, { headers: { 'X-API-Key': key, 'X-Tenant-ID': tenant.id } })).status, 200);
  const { data } = await tenant.admin.get('/audit-log?action=CreateApiKey&limit=1');
  t.is('the entry has the reason', data[0].reasoning, 'For the nightly report');
  return key;
}

async function rotate(t, page, tenant, old) {
  await row(page, 'robot').getByRole('button', { name: 'Rotate' }).click();
  await dialog(page).getByLabel('The old key works for').selectOption('5 minutes');
  await dialog(page).getByLabel('Reason').fill('Yearly');
  await dialog(page).getByRole('button', { name: 'Rotate', exact: true }).click();
  const key = await page.getByLabel('The new key', { exact: true }).innerText();
  t.keys.add(key);
  t.ok('another key', RAW.test(key) && key !== old);
  t.like('the clock of the overlap', await dialog(page).getByRole('timer').innerText(), /^00:0[45]:\d\d$/);
  const before = await dialog(page).getByRole('timer').innerText();
  await t.until('the clock goes', async () => await dialog(page).getByRole('timer').innerText() !== before);
  await dialog(page).getByRole('button', { name: 'I have it' }).click();
  await t.until('two keys', async () => await row(page, 'robot').count() === 2);
  const lines = await page.locator('tbody code').evaluateAll((roles) => roles.map((role) => {
    const text = document.createRange();
    text.selectNodeContents(role);
    return text.getClientRects().length;
  }));
  t.ok('no role is broken in the middle', lines.every((n) => n === 1), `lines: ${lines}`);
  t.is('the old one has a clock in the list, too', await page.getByRole('timer').count(), 1);
  for (const k of [old, key])
    t.is('both work', (await fetch(`${t.site.url}/v1/grants`, { headers: { 'X-API-Key': k, 'X-Tenant-ID': tenant.id } })).status, 200);
}

/** The end of the new key is that of the old one, unless it is changed. */
async function ends(t, page, tenant) {
  const made = await tenant.admin.post('/api-keys', { name: 'ending', roles: ['none'], expires_at: '2100-01-02T03:04:05.678901Z' });
  t.keys.add(made.raw_key);
  const rotated = async (change) => {
    await t.go(page, '/none');
    await t.go(page, '/keys');
    await row(page, 'ending').getByRole('button', { name: 'Rotate' }).click();
    await dialog(page).getByLabel('The old key works for').selectOption('no longer');
    await change();
    await dialog(page).getByLabel('Reason').fill('Yearly');
    await dialog(page).getByRole('button', { name: 'Rotate', exact: true }).click();
    t.keys.add(await page.getByLabel('The new key', { exact: true }).innerText());
    await dialog(page).getByText('does not work any more').waitFor();
    await dialog(page).getByRole('button', { name: 'I have it' }).click();
    return (await tenant.admin.get('/api-keys?status=active')).data.find((key) => key.name === 'ending').expires_at;
  };
  t.is('the end is left as it is', await rotated(() => {}), '2100-01-02T03:04:05.678901Z');
  t.is('changed', await rotated(() => dialog(page).getByLabel('The new key ends').fill('2101-01-02T03:04')), '2101-01-02T02:04:00.000000Z');
  t.is('or taken away', await rotated(() => dialog(page).getByLabel('The new key ends').fill('')), null);
}

/** Another's rotation between the look and the press is a conflict. */
async function meanwhile(t, page, tenant) {
  const { data } = await tenant.admin.get('/api-keys');
  const collector = data.find((k) => k.name === 'collector');
  await tenant.admin.post(`/api-keys/${collector.id}/rotate`, { overlap: 600 });
  await row(page, 'collector').getByRole('button', { name: 'Revoke' }).click();
  await dialog(page).getByLabel('Reason').fill('No longer needed');
  await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click();
  t.like('somebody else changed it', await t.notice(page, /Somebody else/), /Nothing of yours was done/);
  await t.until('what is there now is shown', async () => await row(page, 'collector').count() === 2);
}

async function revoke(t, page) {
  await row(page, 'none').getByRole('button', { name: 'Revoke' }).click();
  await dialog(page).getByLabel('Reason').fill('Left');
  await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click();
  t.like('revoked', await t.notice(page, /Committed/), /“none” is revoked/);
  await row(page, 'none').locator('.badge', { hasText: 'Revoked' }).waitFor();
  await row(page, 'admin').getByRole('button', { name: 'Revoke' }).click();
  await dialog(page).getByText('It is the key that you are signed in with').waitFor();
  await dialog(page).getByLabel('Reason').fill('Oops');
  await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click();
  await t.notice(page, /could change|policies/);
  t.ok('the last key that may change the policies is not', await row(page, 'admin').locator('.badge', { hasText: 'Active' }).count() === 1);
}

async function refused(t, tenant) {
  const page = await t.open(tenant.operator, '/keys');
  await row(page, 'admin').waitFor();
  const make = page.getByRole('button', { name: 'New key' });
  await t.until('it says what is refused', async () => /would refuse/.test(await make.getAttribute('title') ?? ''));
  await make.click();
  await dialog(page).getByText('The policies would refuse this').waitFor();
  await dialog(page).getByLabel('Name').fill('mine');
  await dialog(page).getByLabel('Roles').fill('admin');
  await dialog(page).getByLabel('Reason').fill('I want to');
  await dialog(page).getByRole('button', { name: 'Make the key' }).click();
  t.like('and the request is refused', await t.notice(page, /Refused/), /A key makes keys with no role that it has not/);
}

export async function run(t) {
  const tenant = await t.tenant();
  const page = await t.open(tenant.admin, '/keys');
  await row(page, 'admin').getByText('yours, now').waitFor();
  const key = await create(t, page, tenant);
  await rotate(t, page, tenant, key);
  await t.look(page, 'keys');
  await ends(t, page, tenant);
  await meanwhile(t, page, tenant);
  await revoke(t, page);
  await page.getByLabel('State').selectOption('Revoked');
  await t.until('the filter', async () => await page.locator('tbody tr').count() === 1);
  t.like('is in the address', page.url(), /status=revoked/);
  await t.noKeyStored(page);
  await refused(t, tenant);
}
