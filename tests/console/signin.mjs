// SPDX-License-Identifier: MIT
// Signing in and out: what is said of a key that is no good, what forgets a good one, and that it is kept nowhere.

const PHRASE = { out: /the key is forgotten/, idle: /15 idle minutes/ };

async function tryToSignIn(page, tenant, key) {
  await page.getByLabel('Tenant id').fill(tenant);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const alert = page.locator('form .note');
  await alert.waitFor();
  return alert.innerText();
}

async function refusals(t, tenant, other) {
  const page = await t.blank();
  await page.goto(`${t.site.url}/console/`);
  await page.getByLabel('Tenant id').waitFor();
  t.is('the form has the focus', await t.focused(page), 'input Tenant id');
  await t.look(page, 'sign-in');
  t.like('no UUID', await tryToSignIn(page, 'acme', tenant.admin.key), /not a UUID/);
  t.like('no key', await tryToSignIn(page, tenant.id, 'secret'), /This is not a key/);
  t.is('its field is marked', await page.getByLabel('API key').getAttribute('aria-invalid'), 'true');
  const unknown = `${tenant.admin.key.slice(0, -8)}AAAAAAAA`;
  t.like('a key that nobody has', await tryToSignIn(page, tenant.id, unknown), /The key is not accepted/);
  t.like('another tenant’s', await tryToSignIn(page, other.id, tenant.admin.key), /belongs to another tenant/);
}

async function comesAndGoes(t, tenant) {
  const page = await t.open(tenant.admin, '/grants');
  await page.getByRole('heading', { level: 1, name: 'Grants' }).waitFor();
  t.ok('to the page that was asked for', true);
  await t.noKeyStored(page);
  t.ok('the key is not in the document', !(await page.content()).includes(tenant.admin.key));
  await page.reload();
  await page.getByLabel('Tenant id').waitFor();
  t.is('reloading forgets it', await page.getByLabel('API key').inputValue(), '');
  await t.signIn(page, tenant.admin);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText(PHRASE.out).first().waitFor();
  t.ok('signing out leaves nothing of the page', await page.getByRole('navigation').count() === 0);
  await page.goBack();
  t.is('nor does going back', await page.getByRole('button', { name: 'Sign out' }).count(), 0);
}

async function idles(t, tenant) {
  const page = await t.blank();
  await page.clock.install();
  await page.goto(`${t.site.url}/console/`);
  await t.signIn(page, tenant.admin);
  await page.clock.fastForward('14:30');
  await page.getByRole('dialog').waitFor();
  t.like('asked before', await page.getByRole('dialog').innerText(), /Are you still there/);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.is('staying keeps the session', await page.getByRole('button', { name: 'Sign out' }).count(), 1);
  await page.clock.fastForward('14:30');
  await page.getByRole('dialog').waitFor();
  await page.clock.fastForward('01:00');
  await page.getByText(PHRASE.idle).first().waitFor();
  t.is('idle time forgets the key', await page.getByRole('button', { name: 'Sign out' }).count(), 0);
}

async function mayNot(t, tenant) {
  const page = await t.open(tenant.none, '/grants');
  await page.getByText('Refused by the policies').first().waitFor();
  t.like('a key that may nothing is told so', await page.locator('main').innerText(), /No rule permits it/);
  await t.until('the pages are marked', async () => await page.getByRole('link', { name: /Audit log.*your key may not/ }).count() === 1);
  await t.look(page, 'refused');
}

async function ends(t, tenant) {
  const keys = (await tenant.admin.get('/api-keys')).data;
  const page = await t.open(tenant.collector, '/grants');
  await tenant.admin.delete(`/api-keys/${keys.find((k) => k.name === 'collector').id}`);
  await t.go(page, '/keys');
  await page.getByText(/not accepted any more/).first().waitFor();
  t.is('a key that is revoked meanwhile ends the session', await page.getByRole('button', { name: 'Sign out' }).count(), 0);
}

async function byKeyboard(t, tenant) {
  const page = await t.blank();
  await page.goto(`${t.site.url}/console/`);
  await page.getByLabel('Tenant id').waitFor();
  await page.keyboard.type(tenant.id);
  await page.keyboard.press('Tab');
  await page.keyboard.type(tenant.admin.key);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await t.until('the heading has the focus', async () => await t.focused(page) === 'h1 Grants');
  t.ok('the heading has the focus', true);
  await t.tabTo(page, /Skip to the content/, { back: true });
  await page.keyboard.press('Enter');
  t.is('skipping goes to the content', await page.evaluate(() => document.activeElement.id), 'main');
}

export async function run(t) {
  const tenant = await t.tenant();
  const other = await t.tenant('Other');
  await refusals(t, tenant, other);
  await comesAndGoes(t, tenant);
  await idles(t, tenant);
  await mayNot(t, tenant);
  await byKeyboard(t, tenant);
  await ends(t, tenant);
}
