import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';
import { java } from './java.ts';
import { createToolContext } from './provision.ts';
import { isFound } from './recipe.ts';
import { createTrustStore } from './trust-store.ts';

it('is what Java reads, with every certificate in it', async ({ skip }) => {
  const found = await java.find(createToolContext({}));
  if (!isFound(found)) return skip(found.why);
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-trust-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const store = join(directory, 'cacerts');
  await writeFile(store, createTrustStore(rootCertificates.slice(0, 3)));
  const options = ['-list', '-keystore', store, '-storepass', 'changeit'];
  const { output } = await runCommand([join(dirname(found.path), 'keytool'), ...options], { env: process.env });
  expect(output.match(/ca-\d, .*trustedCertEntry/g)).toHaveLength(3);
});
