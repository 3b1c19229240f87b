import { rmSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import { callVarve } from '../support/call-varve.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

async function snapshot(image: string, store: string) {
  const options = ['--name', 'shop', '--baseline', `dir:${store}`, '--format', 'json'];
  const { status, stdout, stderr } = await callVarve('snapshot', image, ...options);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

it('a newer analyzer compares with what an older one left, whose image is gone', async () => {
  const [store, old] = [folder('store'), folder('old')];
  const [layer, other] = [
    [file('a', 'one'), file('b')],
    [file('a', 'another'), file('b')],
  ];
  const first = await snapshot(writeImage(old, [layer]), store);
  rmSync(old, { recursive: true });

  const newer = { ...filesAnalyzer.key, analyzer: 'files@2' };
  vi.spyOn(filesAnalyzer, 'key', 'get').mockReturnValue(newer);
  const changed = await snapshot(writeImage(folder('new'), [other]), store);
  expect(changed.baseline).toMatchObject({ snapshotDigest: first.snapshotDigest });
  expect(changed.comparisonDocument).toMatchObject({
    changed: true,
    layers: [{ status: 'rebuilt', cause: 'content' }],
    files: { modified: 1 },
  });

  const again = await snapshot(writeImage(folder('again'), [layer]), store);
  expect(again.layers).toMatchObject({ read: 1, reused: 0 });
  expect(again.snapshotDigest).not.toBe(first.snapshotDigest);
  const { status, stdout } = await callVarve(
    ...['compare', first.snapshotDigest, again.snapshotDigest, '--cas-root', store, '--format', 'json'],
  );
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ changed: false, layers: [{ status: 'unchanged' }] });
});
