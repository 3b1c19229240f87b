import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tools } from '../../src/entry/compose/tools.ts';
import { listLayer } from '../../src/flows/look/list-layer.ts';
import { listImageTree } from '../../src/flows/look/list-tree.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reference = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}:shop:v1`;
const platform = { os: 'linux', architecture: 'amd64' } as const;
const newFolder = temporaryFolder();

async function listTree(tools: Tools): Promise<unknown[]> {
  const { entries } = await listImageTree(tools, {
    reference,
    platform,
    path: undefined,
    origin: makeOrigin(),
  });
  return [...entries];
}

async function listFirstLayer(tools: Tools): Promise<unknown[]> {
  return [
    ...(await listLayer(tools, { reference, platform, layer: '0', tenant: 'acme' })).inventory.entries(),
  ];
}

describe.each([
  ['tree', listTree],
  ['layer ls', listFirstLayer],
])('%s, where the store has', (_, list) => {
  it.each<[string, (path: string) => void]>([
    ['damaged inventories', (path) => truncateSync(path, statSync(path).size >> 1)],
    ['lost its inventories', (path) => rmSync(path)],
  ])('%s, shows what the image has', async (_name, damage) => {
    const root = newFolder('store');
    const store = openDirectoryStore(root);
    await using tools = composeQuietTools(store);
    await listTree(tools);
    const sound = await list(tools);
    expect(sound.length).toBeGreaterThan(0);
    const payloads = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.includes('layer.files') && path.endsWith('.zst'),
    );
    expect(payloads.length).toBeGreaterThan(3);
    for (const path of payloads) damage(join(root, path));
    expect(await list(tools)).toEqual(sound);
    expect(await list(tools)).toEqual(sound);
  });
});
