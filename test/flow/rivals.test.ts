import { describe, expect, it } from 'vitest';
import { callVarve } from '../support/call-varve.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { type MadeImage, makeImage, makeIndex, makeLayer } from '../support/image-maker.ts';
import { AMD64, ARM64, S390X } from '../support/platform-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const store = place('store');
const [one, other] = [await makeLayer({ a: '1' }), await makeLayer({ a: '2' })];
const image = makeImage([one], { config: { ...AMD64 } });
const rival = makeImage([other], { config: { ...AMD64 } });
const lost = makeImage([other], { config: { ...AMD64, author: 'somebody' } });
const WINDOWS = { os: 'windows', architecture: 'amd64' };
const released = [one, other].map((layer) =>
  makeImage([layer], { config: { ...WINDOWS, 'os.version': '10.0.17763.1' } }),
) as [MadeImage, MadeImage];

type Entry = Readonly<Record<string, unknown>>;
const listed = ({ descriptor }: Pick<MadeImage, 'descriptor'>, stated: Entry = {}): Entry => ({
  ...descriptor,
  ...stated,
});
const on = (platform: object) => ({ platform });
const AMD = on(AMD64);

/** A layout whose one entry is an index, with every image but the lost one. */
function write(...entries: readonly Entry[]): string {
  const index = makeIndex(entries);
  const blobs = [index, ...inner, ...[image, rival, ...released].flatMap((each) => each.blobs)];
  return `oci:${writeFolder(place('image'), layoutFiles([index.descriptor], blobs))}`;
}
const [around, aroundRival] = [makeIndex([listed(image, AMD)]), makeIndex([listed(rival, AMD)])];
const inner = [around, aroundRival];

async function statusOf(base: readonly Entry[], target: readonly Entry[]): Promise<number | null> {
  const { status, stderr } = await callVarve(
    'compare',
    write(...base),
    write(...target),
    '--exit-code',
    '--cas-root',
    store,
  );
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return status;
}

const windows = (which: 0 | 1, revision: number) =>
  listed(released[which], on({ ...WINDOWS, 'os.version': `10.0.17763.${revision}` }));
const ZSTD = { annotations: { 'io.github.containers.compression.zstd': 'true' } };
const ODD = { mediaType: 'application/x-odd' };
const FEATURE = on({ ...AMD64, 'os.features': ['x'] });

describe('what engines choose one of several images by is compared', () => {
  it.each<readonly [string, readonly Entry[], readonly Entry[]]>([
    ['which has a platform', [listed(image), listed(rival, AMD)], [listed(image, AMD), listed(rival)]],
    ['the revision of Windows', [windows(0, 5), windows(1, 2)], [windows(0, 2), windows(1, 5)]],
    ['features', [listed(image, AMD), listed(rival, FEATURE)], [listed(image, FEATURE), listed(rival, AMD)]],
    [
      'another entry of the image itself',
      [listed(image, FEATURE), listed(rival, AMD)],
      [listed(image, FEATURE), listed(image, AMD), listed(rival, AMD)],
    ],
    [
      'the compression that is stated',
      [listed(image, AMD), listed(rival, { ...AMD, ...ZSTD })],
      [listed(image, { ...AMD, ...ZSTD }), listed(rival, AMD)],
    ],
    [
      'the platform of an index in the index',
      [listed(around, AMD), listed(aroundRival, AMD)],
      [listed(around, on(ARM64)), listed(aroundRival, AMD)],
    ],
    ['that of the only image', [listed(around, AMD)], [listed(around, on(S390X))]],
    ['an entry of any type without a platform', [listed(image)], [listed(rival, ODD), listed(image)]],
    [
      'where an entry of an odd type stands',
      [listed(image, AMD), listed(rival, { ...AMD, ...ODD })],
      [listed(rival, { ...AMD, ...ODD }), listed(image, AMD)],
    ],
    [
      'where a missing image stands',
      [listed(image, AMD), listed(lost, AMD)],
      [listed(lost, AMD), listed(image, AMD)],
    ],
    [
      'the order of rivals that are not alike',
      [listed(image), listed(rival, AMD), listed(lost, AMD)],
      [listed(image), listed(lost, AMD), listed(rival, AMD)],
    ],
  ])('%s', async (_, base, target) => {
    expect(await statusOf(base, target)).toBe(1);
    expect(await statusOf(target, base)).toBe(1);
    expect(await statusOf(target, target)).toBe(0);
  });

  it('and nothing else: not what other platforms stand between, nor in what order those after it come', async () => {
    const [first, second, third] = [listed(image, AMD), listed(rival, AMD), listed(lost, AMD)];
    const elsewhere = { ...listed(lost, on(ARM64)), digest: `sha256:${'2'.repeat(64)}` };
    expect(await statusOf([first, second], [first, elsewhere, second])).toBe(0);
    expect(await statusOf([first, second, third], [first, third, second])).toBe(0);
    expect(await statusOf([first], [elsewhere, first])).toBe(0);
  });
});
