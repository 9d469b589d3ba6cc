import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { leastPrivilegeFile, renderLeastPrivilege } from '../scripts/render-least-privilege.ts';

it('docs/least-privilege.md is what the kinds say that they need: "npm run least-privilege" writes it', async () => {
  expect(readFileSync(leastPrivilegeFile, 'utf8')).toBe(await renderLeastPrivilege());
});
