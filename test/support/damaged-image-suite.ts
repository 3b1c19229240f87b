import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DamageAmount,
  damageImage,
  type ImageFile,
  readImageFiles,
  writeImageFiles,
} from './image-damage.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FORMS = join(import.meta.dirname, '../../__fixtures__/forms');

/** Runs the command line. */
export type RunCommandLine = (
  args: readonly string[],
) => Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;

/** Nothing protects an index from saying of a whole image that it is something else. */
const MISNAMED = { status: 2, digest: null, code: 'not-an-image', stack: false };

/** Damages images of all forms everywhere, and holds what comes of a snapshot against one of the whole image. */
export function damagedImageSuite(
  run: RunCommandLine,
  amounts: Record<'layout' | 'archive', DamageAmount>,
): void {
  const folder = temporaryFolder();

  async function snapshot(files: readonly ImageFile[], transport: string, tag: string, store: string) {
    const image = folder('image');
    writeImageFiles(image, files);
    const options = ['--name', 'shop', '--format', 'json', '--cas-root', store];
    const { status, stdout, stderr } = await run(['snapshot', `${transport}:${image}${tag}`, ...options]);
    rmSync(image, { recursive: true });
    const [first = '', ...rest] = stderr.split('\n');
    return {
      status,
      digest: status === 0 ? JSON.parse(stdout).snapshotDigest : null,
      code: /^varve: ([a-z-]+): /.exec(first)?.[1] ?? null,
      stack: rest.some((line) => /^\s+at /.test(line)),
    };
  }

  describe('an image with one byte changed or one file cut off', () => {
    it.each([
      ['oci', 'gzip', ''],
      ['oci', 'zstd-chunked', ''],
      ['oci-archive', 'skopeo.oci.tar', ''],
      ['docker-archive', 'engine-20.tar', ':forms:1'],
      ['docker-archive', 'engine-20.tar.gz', ':forms:2'],
      ['docker-archive', 'engine-20.tar.zst', ':forms:2'],
      ['docker-archive', 'engine-28-classic.tar', ':forms:2'],
      ['docker-archive', 'engine-28-containerd.tar', ''],
      ['docker-archive', 'skopeo.tar', ''],
    ])('is refused and leaves nothing behind, or is what it was: %s, %s', async (transport, fixture, tag) => {
      const files = readImageFiles(join(FORMS, fixture));
      const whole = await snapshot(files, transport, tag, folder('store'));
      expect(whole).toEqual({ status: 0, digest: expect.any(String), code: null, stack: false });

      const refused = { status: 3, digest: null, code: expect.any(String), stack: false };
      const amount = amounts[transport === 'oci' ? 'layout' : 'archive'];
      let refusals = 0;
      for (const [what, damaged] of damageImage(files, amount)) {
        const store = folder('store');
        const outcome = await snapshot(damaged, transport, tag, store);
        if (outcome.status === 0) {
          expect([what, outcome]).toEqual([what, whole]);
          rmSync(store, { recursive: true });
          continue;
        }
        const misnamed = what.startsWith('index.json') && outcome.status === 2;
        expect([what, outcome]).toEqual([what, misnamed ? MISNAMED : refused]);
        expect([what, existsSync(store)]).toEqual([what, false]);
        refusals++;
      }
      expect(refusals).toBeGreaterThan(amount.flips / 2);
    });
  });
}
