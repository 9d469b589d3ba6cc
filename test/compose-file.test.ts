import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { composeFile, renderDefault } from '../scripts/render-compose.ts';

it('docker-compose.chaos.yml is what the topology gives: "npm run compose" writes it', () => {
  expect(readFileSync(composeFile, 'utf8')).toBe(renderDefault());
});
