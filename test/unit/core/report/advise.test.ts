import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { runAtOnce } from '../../../../src/base/pausable.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { LEFTOVERS } from '../../../../src/core/attention/leftovers.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import { advise } from '../../../../src/core/report/advise.ts';
import { plainText } from '../../../../src/core/report/plain-text.ts';
import { dir, file } from '../../../support/inventory-maker.ts';
import { type LayerPlan, snapshotView } from '../../../support/inventory-snapshot.ts';
import { withAttention } from '../../../support/report-makers.ts';

const later = { mtime: 1_800_000_000 };
const from: LayerPlan = { step: 'ADD rootfs', entries: [dir('etc')] };
const layer = (step: string, ...entries: InventoryEntry[]): LayerPlan => ({ step, entries });

async function advice(base: LayerPlan[], target: LayerPlan[], upstream?: number): Promise<string[]> {
  const comparison = await compareSnapshots(snapshotView({ layers: base }), snapshotView({ layers: target }));
  return runAtOnce(advise(comparison, [], upstream)).map(
    ({ layerIndex, text }) => `${layerIndex}: ${plainText(text)}`,
  );
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

  it('is about the layers on top of the base image, and blames no step for what another base brings', async () => {
    const image = (content: string, time = {}): LayerPlan[] => [
      layer('RUN base', file('lib', content)),
      layer('RUN x', file('a', content)),
      layer('RUN y', file('b', 'b', time)),
    ];
    const [before, after] = [image('1'), image('2', later)];
    const again = expect.stringMatching(/^2: `RUN y` holds the same files as before/);
    const blame = expect.stringMatching(/^0: `RUN base` gave other files/);
    expect(await advice(before, after)).toEqual([blame, again]);
    expect(await advice(before, after, 1)).toEqual([again]);
    expect(await advice(before, after, 3)).toEqual([]);
  });

  it('fixes timestamps, once for all layers', async () => {
    const steps = (time = {}) => [layer('RUN x', file('a', 'a', time)), layer('RUN y', file('b', 'b', time))];
    const [x, y] = steps();
    expect(await advice([from, ...steps()], [from, ...steps(later)])).toEqual([
      "1: 2 layers hold the same files as before: set `SOURCE_DATE_EPOCH`, and `rewrite-timestamp=true` in buildx's `--output`.",
    ]);
    const [only] = await advice(
      [from, ...[x ?? from, y ?? from]],
      [from, x ?? from, ...steps(later).slice(1)],
    );
    expect(only).toMatch(/^2: `RUN y` holds the same files as before: set `SOURCE_DATE_EPOCH`/);
  });

  it('leaves to attention what that names, with its remedy', async () => {
    const image = (content: string): LayerPlan[] => [
      from,
      layer('RUN apt-get update', file('var/lib/apt/lists/x', content), file('var/log/apt/y', content)),
    ];
    const comparison = await compareSnapshots(
      snapshotView({ layers: image('1') }),
      snapshotView({ layers: image('2') }),
    );
    const item = { kind: 'leftover', path: 'var/lib/apt/lists/x', layer: 1 } as const;
    const told = (compared: typeof comparison) =>
      runAtOnce(advise(compared)).map(({ text }) => plainText(text));
    expect(told(comparison)).toEqual([expect.stringContaining("apt's package lists and logs of")]);
    expect(told(withAttention(comparison, item))).toEqual([
      '`RUN apt-get update` leaves logs of package managers in the image: end it with `rm -rf /var/log/apt /var/log/*.log`.',
    ]);
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

  it('names what steps leave behind, each kind once, a step at a time', async () => {
    const apt = (text: string) =>
      layer(
        'RUN apt-get update',
        file('var/lib/apt/lists/deb_InRelease', text),
        file('var/log/dpkg.log', text),
        file('usr/lib/__pycache__/a.pyc', text),
      );
    const more = (text: string) => layer('RUN apt-get install', file('var/log/apt/term.log', text));
    expect(await advice([from, apt('1'), more('1')], [from, apt('2'), more('2')])).toEqual([
      "1: `RUN apt-get update` leaves Python's compiled files in the image: set `PYTHONDONTWRITEBYTECODE=1` and use `pip install --no-compile`.",
      "1: `RUN apt-get update` leaves apt's package lists and logs of package managers in the image: end it with `rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/*.log`.",
    ]);
    const pip = (text: string) => layer('RUN pip install x', file('root/.cache/pip/http/a', text));
    expect(await advice([from, pip('1')], [from, pip('2')])).toEqual([
      expect.stringContaining('--no-cache-dir'),
    ]);
  });

  it('names first what steps leave behind that counts, and takes it for no change of versions', async () => {
    const log = (text: string): LayerPlan => ({
      ...layer('RUN apt-get install cron', file('var/log/dpkg.log', text)),
      uncompressedSize: 9000,
    });
    const ssh = (text: string) => layer('RUN apt-get install sshd', file('etc/ssh/ssh_host_rsa_key', text));
    expect(await advice([from, log('1'), ssh('1')], [from, log('2'), ssh('2')])).toEqual([
      '2: `RUN apt-get install sshd` leaves private keys that all containers would share in the image: remove them, and make new ones when a container starts.',
      expect.stringMatching(/^1: `RUN apt-get install cron` leaves logs of package managers/),
    ]);
  });

  it('knows the day of the build in /etc/shadow from another user', async () => {
    const useradd = (shadow: string) => layer('RUN useradd app', file('etc/shadow', shadow));
    expect(await advice([from, useradd('app:!:20001::')], [from, useradd('app:!:20002::')])).toEqual([
      expect.stringContaining('set `SOURCE_DATE_EPOCH` for it'),
    ]);
    expect(await advice([from, useradd('app:!:20001::')], [from, useradd('someone:!:20001::')])).toEqual([
      expect.stringContaining('gave other files'),
    ]);
  });

  it('pins the versions of an instruction that gives other files each time, where nothing before it counts', async () => {
    const get = (text: string) => layer('RUN curl | tar x', file('opt/tool', text));
    const said =
      '`RUN curl | tar x` gave other files from the same instruction: pin what it downloads, and leave out times and random numbers.';
    expect(await advice([from, get('1')], [from, get('2')])).toEqual([`1: ${said}`]);
    const copy = (text: string, time = {}) => layer('COPY src .', file('src', text, time));
    expect(await advice([copy('1'), get('1')], [copy('2'), get('2')])).toEqual([]);
    const [first] = await advice([copy('1'), get('1')], [copy('1', later), get('2')]);
    expect(first).toBe(`1: ${said}`);
  });

  it('runs what comes out the same before what changes often', async () => {
    const copy = (text: string) => layer('COPY . .', file('src', text));
    const install = (time = {}): LayerPlan => ({
      ...layer('RUN npm ci', file('modules', 'm', time)),
      uncompressedSize: 9000,
    });
    const lint = (time = {}) => layer('RUN npm run lint', file('cache', 'c', time));
    expect(
      await advice([from, copy('1'), lint(), install()], [from, copy('2'), lint(later), install(later)]),
    ).toEqual([
      '3: `RUN npm ci` gave the same files again: run it before `COPY . .`, after copying only what it needs.',
      expect.stringMatching(/^2: 2 layers hold the same files as before: set `SOURCE_DATE_EPOCH`/),
    ]);
    const [first] = await advice([from, install()], [from, layer('RUN date', file('now')), install(later)]);
    expect(first).toBe(
      '2: `RUN npm ci` gave the same files again: run it before `RUN date`, if it needs nothing from it.',
    );
  });

  it('moves nothing above the base, nor where all was built again, nor what only copies', async () => {
    const copy = (text: string, time = {}) => layer('COPY . .', file('src', text, time));
    const run = (time = {}) => layer('RUN npm ci', file('modules', 'm', time));
    const assets = (time = {}) => layer('COPY assets .', file('assets', 'a', time));
    for (const again of [
      await advice([copy('1'), run()], [copy('2'), run(later)]),
      await advice([from, copy('1'), run()], [from, copy('1', later), run(later)]),
      await advice([from, copy('1'), assets()], [from, copy('2'), assets(later)]),
    ]) {
      expect(again).toEqual([expect.stringContaining('SOURCE_DATE_EPOCH')]);
    }
  });

  it('compresses in one way', async () => {
    const blob = (text: string): LayerPlan => ({ ...from, digest: digestOf(text), size: 2000 });
    expect(await advice([blob('gzip')], [blob('zstd')])).toEqual([
      '0: 1 layer of the same bytes, 2.00 kB to pull, was compressed in another way: compress with one program and one level.',
    ]);
  });

  it('is short', async () => {
    const causes = (details: object[]) =>
      details.map((detail, at) => layer(`RUN ${at}`, file(`${at}`, 'same', detail)));
    const [base, target] = [
      causes([{}, {}, {}, {}]),
      causes([later, { uid: 5 }, { mode: '0600' }, { xattrs: { a: 'AA==' } }]),
    ];
    expect(await advice([from, ...base], [from, ...target])).toHaveLength(3);
  });

  it('knows each leftover by one name', () => {
    const names = LEFTOVERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
