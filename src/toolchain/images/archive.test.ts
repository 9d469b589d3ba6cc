import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeImages, type ImageContent } from './archive.ts';

async function layersIn(texts: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-archive-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
  return Object.keys(texts).map((name) => join(directory, name));
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('describeImages', () => {
  it('writes what an engine reads: manifest, configs, and each layer once', async () => {
    const [base = '', top = ''] = await layersIn({ 'base.tar': 'base', 'top.tar': 'top' });
    const one: ImageContent = { reference: 'a:1', layers: [base], labels: { recipe: 'x' }, command: ['serve'] };
    const two: ImageContent = { reference: 'b:1', layers: [base, top], labels: {}, entrypoint: ['/run'] };
    const { files, ids } = await describeImages([one, two], 'arm64');
    const manifest = JSON.parse(await readFile(join(base, '../manifest.json'), 'utf8')) as {
      readonly Config: string;
    }[];
    const [config1 = '', config2 = ''] = manifest.map(({ Config }) => Config);
    expect(manifest).toEqual([
      { Config: expect.stringMatching(/^[0-9a-f]{64}\.json$/), RepoTags: ['a:1'], Layers: ['base.tar'] },
      { Config: expect.stringMatching(/^[0-9a-f]{64}\.json$/), RepoTags: ['b:1'], Layers: ['base.tar', 'top.tar'] },
    ]);
    expect(new Set(files)).toEqual(new Set(['base.tar', 'top.tar', 'manifest.json', config1, config2]));
    expect(files).toHaveLength(5);
    const text = await readFile(join(base, '..', config2), 'utf8');
    expect(ids.get('b:1')).toBe(sha256(text));
    expect(JSON.parse(text)).toMatchObject({
      architecture: 'arm64',
      os: 'linux',
      created: '2026-01-01T00:00:00.000Z',
      config: { Entrypoint: ['/run'], Cmd: null },
      rootfs: { type: 'layers', diff_ids: [sha256('base'), sha256('top')] },
    });
  });

  it('gives the same ids to the same content, wherever and whenever, and others to what differs', async () => {
    const idOf = async (text: string, recipe: string): Promise<string | undefined> => {
      const layers = await layersIn({ 'base.tar': text });
      return (await describeImages([{ reference: 'a:1', layers, labels: { recipe } }], 'amd64')).ids.get('a:1');
    };
    const id = await idOf('base', 'x');
    expect(await idOf('base', 'x')).toBe(id);
    expect(await idOf('other', 'x')).not.toBe(id);
    expect(await idOf('base', 'y')).not.toBe(id);
  });
});
