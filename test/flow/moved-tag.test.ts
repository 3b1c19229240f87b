import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { callVarve } from '../support/call-varve.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

it('an image that was built again under the same name is read again, whatever was kept under that name', async () => {
  const [store, place] = [folder('store'), folder('image')];
  const varve = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await callVarve(...args, '--cas-root', store);
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  };
  const build = (content: string): string => {
    rmSync(place, { recursive: true, force: true });
    return writeImage(place, [[file('base')], [file('app', content)]]);
  };
  const image = build('one');
  await varve('snapshot', image, '--name', 'shop');
  expect(build('another')).toBe(image);
  const tree = await varve('tree', image, 'app', '--format', 'ndjson');
  expect(JSON.parse(tree)).toMatchObject({ path: 'app', size: 'another'.length });
  await varve('snapshot', image, '--name', 'shop');
  const comparison = await varve('compare', 'history:shop~1', 'history:shop', '--format', 'json');
  expect(JSON.parse(comparison)).toMatchObject({
    changed: true,
    summary: { unchanged: 1, rebuilt: 1 },
    files: { entries: [{ path: 'app', changes: ['content'] }] },
  });
});
