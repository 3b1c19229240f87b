import { describe, expect, it } from 'vitest';
import { advise } from '../../../../src/core/comparison/advise.ts';
import { BUILD_CACHES } from '../../../../src/core/comparison/build-caches.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { InventoryEntry } from '../../../../src/core/layer/inventory.ts';
import { dir, file } from '../../../support/inventory-maker.ts';
import { type LayerPlan, snapshotView } from '../../../support/inventory-snapshot.ts';

const later = { mtime: 1_800_000_000 };
const from: LayerPlan = { step: 'ADD rootfs', entries: [dir('etc')] };
const layer = (step: string, ...entries: InventoryEntry[]): LayerPlan => ({ step, entries });

async function advice(base: LayerPlan[], target: LayerPlan[]): Promise<string[]> {
  const comparison = await compareSnapshots(snapshotView({ layers: base }), snapshotView({ layers: target }));
  return advise(comparison).map(({ layerIndex, text }) => `${layerIndex}: ${text}`);
}

describe('advice', () => {
  it('is none where nothing was shipped anew, and none about what was meant', async () => {
    expect(await advice([from], [from])).toEqual([]);
    expect(await advice([from], [from, layer('RUN x', file('a'))])).toEqual([]);
    expect(await advice([layer('COPY a .', file('a', '1'))], [layer('COPY a .', file('a', '2'))])).toEqual(
      [],
    );
    expect(await advice([layer('RUN x', file('a'))], [layer('RUN y', file('a', '2'))])).toEqual([]);
  });

  it('fixes timestamps, once for all layers', async () => {
    const steps = (time = {}) => [layer('RUN x', file('a', 'a', time)), layer('RUN y', file('b', 'b', time))];
    const [only, ...more] = await advice([from, ...steps()], [from, ...steps(later)]);
    expect(only).toMatch(/^1: Step 1 `RUN x` .*SOURCE_DATE_EPOCH.*rewrite-timestamp=true/);
    expect(more).toEqual([]);
  });

  it('has a remedy for each cause that is not content', async () => {
    const rebuilt = (entry: InventoryEntry) => advice([layer('RUN x', file('a'))], [layer('RUN x', entry)]);
    expect(await rebuilt(file('a', 'a', { uid: 5 }))).toEqual([expect.stringContaining('--chown')]);
    expect(await rebuilt(file('a', 'a', { mode: '0600' }))).toEqual([expect.stringContaining('umask')]);
    expect(await rebuilt(file('a', 'a', { xattrs: { a: 'AA==' } }))).toEqual([
      expect.stringContaining('extended'),
    ]);
    expect(await rebuilt(file('a', 'a', { uid: 5, ...later }))).toEqual([
      expect.stringContaining('SOURCE_DATE_EPOCH'),
    ]);
    expect(
      await advice([layer('RUN x', file('a'), file('b'))], [layer('RUN x', file('b'), file('a'))]),
    ).toEqual([expect.stringContaining('another order')]);
    const reencoded = { ...layer('RUN x', file('a')), salt: 'pax' };
    expect(await advice([layer('RUN x', file('a'))], [reencoded])).toEqual([
      expect.stringContaining('archived'),
    ]);
  });

  it('names the caches that a step leaves behind', async () => {
    const apt = (text: string) =>
      layer(
        'RUN apt-get update',
        file('var/lib/apt/lists/deb_InRelease', text),
        file('var/log/dpkg.log', text),
      );
    expect(await advice([from, apt('1')], [from, apt('2')])).toEqual([
      "1: Step 1 `RUN apt-get update` leaves apt's package lists in the image: end it with `rm -rf /var/lib/apt/lists/*`.",
      expect.stringMatching(/^1: Step 1 .* leaves logs of package managers in the image: /),
    ]);
    const pip = (text: string) => layer('RUN pip install x', file('root/.cache/pip/http/a', text));
    expect(await advice([from, pip('1')], [from, pip('2')])).toEqual([
      expect.stringContaining('--no-cache-dir'),
    ]);
    const python = (text: string) => layer('RUN pip install x', file('usr/lib/__pycache__/a.pyc', text));
    expect(await advice([from, python('1')], [from, python('2')])).toEqual([
      expect.stringContaining('--no-compile'),
    ]);
  });

  it('pins the versions of an instruction that gives other files each time, where nothing before it changed', async () => {
    const get = (text: string) => layer('RUN curl | tar x', file('opt/tool', text));
    expect(await advice([from, get('1')], [from, get('2')])).toEqual([
      '1: Step 1 `RUN curl | tar x` gave other files than before: pin the versions of what it installs or downloads.',
    ]);
    const copy = (text: string) => layer('COPY src .', file('src', text));
    expect(await advice([copy('1'), get('1')], [copy('2'), get('2')])).toEqual([]);
  });

  it('moves what changes often below what comes out the same', async () => {
    const copy = (text: string) => layer('COPY . .', file('src', text));
    const install = (time = {}) => ({
      ...layer('RUN npm ci', file('modules', 'm', time)),
      uncompressedSize: 9000,
    });
    const lint = (time = {}) => layer('RUN npm run lint', file('cache', 'c', time));
    const [first] = await advice(
      [from, copy('1'), lint(), install()],
      [from, copy('2'), lint(later), install(later)],
    );
    expect(first).toBe(
      '1: Step 3 `RUN npm ci` ran again after step 1 `COPY . .` and gave the same files: put what changes more often below it.',
    );
  });

  it('knows each cache by one name', () => {
    const names = BUILD_CACHES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
