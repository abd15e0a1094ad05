// SPDX-License-Identifier: MIT
// Names, texts and notices of keys and policies, user agents and reasons are text wherever they are shown; and whatever the API lets in
// of them is shown as it is. That nothing of it ran is seen at the end: no dialog, no violation, no request to anybody else.

const EVIL = ['<img src=x onerror=alert(1)>', '"><script>alert(2)</script>', "javascript:alert(3)//'", '</textarea></pre><svg onload=alert(5)>', '\u202e<b>&lt;&amp;',
  'constructor', '__proto__'];
const cedar = (text) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

export async function run(t) {
  const tenant = await t.tenant();
  const { admin } = tenant;
  let policy;
  for (const evil of EVIL) {
    await admin.post('/api-keys', { name: evil, roles: ['none'] }, { 'X-Audit-Reason': evil.replace('\u202e', ''), 'User-Agent': evil.replace('\u202e', '') });
    ({ policy } = await admin.policy(evil, { policy_text: `forbid (principal, action == Action::"RevokeGrant", resource)\nwhen { context has reason && context.reason == "${cedar(evil)}" };`, notice: evil }));
  }
  const page = await t.open(admin, '/keys');
  const shows = async (where, list = EVIL) => {
    const text = await page.locator('main').innerText();
    t.is(`${where}: shown as it is`, list.filter((evil) => !text.includes(evil)), []);
    t.is(`${where}: nothing is made of it`, await page.locator('main img, main script, main b, main pre svg, [onerror], [onload]').count(), 0);
  };
  await page.getByText(EVIL[0]).first().waitFor();
  await shows('keys');
  for (const kind of ['Rotate', 'Revoke']) {
    await page.getByRole('row').filter({ hasText: EVIL[1] }).getByRole('button', { name: kind }).click();
    t.ok(`${kind}: the dialog, too`, (await page.getByRole('dialog').innerText()).includes(EVIL[1]));
    await page.keyboard.press('Escape');
  }
  await t.go(page, '/policies');
  await page.getByRole('link', { name: EVIL[0] }).waitFor();
  await shows('policies');
  const rules = async () => {
    for (const { id, name } of (await admin.get('/policies')).data.filter((p) => p.name !== 'baseline')) {
      await t.go(page, `/policies/${id}`);
      await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
      await shows(`the policy ${name}`, [name]);
    }
  };
  await rules();
  await page.getByRole('button', { name: /^Edit/ }).click();
  await page.getByLabel('Rule (one Cedar statement)').fill(`forbid (principal, action == Action::"${cedar(EVIL[1])}", resource);`);
  await page.getByRole('button', { name: 'Look at the change' }).click();
  await page.getByText('Line 1, column').waitFor();
  t.ok('a mistake is told as it is', (await page.locator('.excerpt').innerText()).includes('<script>'));
  await t.go(page, `/policies/${policy.id}`);
  await t.go(page, '/what-if');
  await page.locator('[data-rule]').first().waitFor();
  await shows('what if');
  await page.getByRole('button', { name: 'Drop all' }).click();
  await page.getByLabel('Reason').fill(EVIL[0]);
  await page.getByLabel('Operation').selectOption('RevokeGrant');
  await page.getByRole('button', { name: 'Ask the policies' }).click();
  await page.locator('.answers .quotes').waitFor();
  t.is('what the rule says', await page.locator('.answers .quotes').innerText(), EVIL[0]);
  await t.go(page, '/log?action=CreateApiKey');
  await page.locator('.reason-cell', { hasText: EVIL[0] }).waitFor();
  await shows('the log', EVIL.map((e) => e.replace('\u202e', '')));
  const { data } = await admin.get('/audit-log?action=CreateApiKey&limit=250');
  for (const e of data.filter((x) => x.reasoning)) {
    await t.go(page, `/log/${e.id}`);
    // The page before has its hash told, too.
    await page.locator('main').getByText(e.id, { exact: true }).waitFor();
    await page.getByText('fits what is shown').waitFor();
    await shows(`the entry of ${e.reasoning}`, [e.reasoning]);
  }
  await t.go(page, `/log?action=${encodeURIComponent(EVIL[1])}&resource_id=${encodeURIComponent(EVIL[0])}`);
  await t.until('an address is text, too', async () => await page.getByLabel('Its id').inputValue() === EVIL[0]);
}
