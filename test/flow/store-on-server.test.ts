import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callVarveIn } from '../support/call-varve.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
let registry: MemoryRegistry;
let place: string;

beforeAll(async () => {
  registry = await MemoryRegistry.start();
  place = `oci://${registry.host}/team/store`;
  const image = writeImage(folder('image'), [[file('a', 'one')]]);
  const own = ['--name', 'shop', '--cas-root', folder('own')];
  const { status, stderr } = await callVarveIn({}, 'snapshot', image, '--baseline', place, ...own);
  expect([status, stderr]).toEqual([0, '']);
});

afterAll(() => registry[Symbol.asyncDispose]());

it('items that a command fetches from a server are kept in the cache, and verified', async () => {
  const root = folder('cache');
  const environment = { SCANNER_SURFACE_CACHE_ROOT: root };
  const line = ['surface', 'get', '--baseline', place];
  const list = await callVarveIn(environment, 'surface', 'list', '--json', '--baseline', place);
  const [{ kind, digest }] = JSON.parse(list.stdout);
  const first = await callVarveIn(environment, ...line, `${kind}@${digest}`);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  const entries = join(root, 'entries/surface.items/default');
  const [name = ''] = readdirSync(entries);
  expect(await callVarveIn(environment, ...line, `${kind}@${digest}`)).toEqual(first);
  writeFileSync(join(entries, name), 'damaged');
  expect(await callVarveIn(environment, ...line, `${kind}@${digest}`)).toEqual(first);
  expect(readdirSync(entries)).toEqual([name]);
  writeFileSync(folder('file'), '');
  const broken = { SCANNER_SURFACE_CACHE_ROOT: join(folder('file'), 'cache') };
  expect(await callVarveIn(broken, ...line, `${kind}@${digest}`)).toEqual(first);
});

it('a registry deletes no single item, and says what to do', async () => {
  const list = await callVarveIn({}, 'surface', 'list', '--json', '--baseline', place);
  const [{ kind, digest }] = JSON.parse(list.stdout);
  const line = ['surface', 'delete', `${kind}@${digest}`, '--force', '--baseline', place];
  const outcome = await callVarveIn({}, ...line);
  expect(outcome).toMatchObject({ status: 3, stdout: '' });
  expect(outcome.stderr).toMatch(
    /^varve: unsupported: no single item can be deleted from oci:.*\n {2}hint: a registry/,
  );
  const found = await callVarveIn({}, 'surface', 'gc', '--baseline', place, '--json');
  expect(JSON.parse(found.stdout)).toMatchObject({ deleted: false, items: [] });
  const stats = await callVarveIn({}, 'surface', 'stats', '--baseline', place, '--json');
  expect(JSON.parse(stats.stdout).tenants[0]).toMatchObject({ tenant: 'default', images: 1 });
});
