import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FileDifference } from '../../src/core/comparison/comparison.ts';
import type * as library from '../../src/entry/library.ts';
import { runAction } from '../support/action-runner.ts';
import { hideFile } from '../support/forge-inventory.ts';
import {
  blobName,
  classicDockerFiles,
  containerdFiles,
  type FormFile,
  layoutFiles,
  named,
  packFiles,
  writeFolder,
} from '../support/image-forms.ts';
import {
  layerOf,
  type MadeBlob,
  type MadeImage,
  type MadeLayer,
  makeIndex,
  makeLayer,
} from '../support/image-maker.ts';
import { MemoryEngine } from '../support/memory-engine.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { AMD64, ARM64, imageFor, S390X, writeIndexed } from '../support/platform-images.ts';
import { DIST, runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { type HeaderFields, paxHeader, tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();

/** A folder that is there. */
const folder = (name: string): string => {
  const path = place(name);
  mkdirSync(path);
  return path;
};

/** A report without its line breaks. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** The built command line, with a store for a series of calls. */
function varveWith(store = place('store')) {
  const call = (...args: readonly string[]): Promise<VarveOutcome> =>
    runVarve([...args, '--cas-root', store]);
  return { store, varve: call };
}

const base = await makeLayer({ 'bin/sh': 'a shell' });
const app = await makeLayer({ 'app/main': 'version 1' });
const newer = await makeLayer({ 'app/main': 'version 2' });
const image = imageFor(AMD64, [base, app]);

const indexOf = (...images: MadeImage[]): string => writeIndexed(place('image'), images);

describe('a blob of a known layer', () => {
  type Files = readonly FormFile[];
  interface Form {
    readonly files: Files;
    readonly blob: string;
    readonly write: (files: Files) => Promise<string>;
  }
  const asLayout = layoutFiles([image.descriptor], image.blobs);
  const asDocker = classicDockerFiles(image);
  const archive = async (prefix: string, files: Files) => {
    const path = `${place('archive')}.tar`;
    writeFileSync(path, await packFiles(files));
    return `${prefix}:${path}`;
  };
  const FORMS: Readonly<Record<string, Form>> = {
    'a layout': {
      files: asLayout,
      blob: blobName(app.digest),
      write: async (files) => `oci:${writeFolder(place('layout'), files)}`,
    },
    'an archive of a layout': {
      files: asLayout,
      blob: blobName(app.digest),
      write: (files) => archive('oci-archive', files),
    },
    'an archive of Docker': {
      files: asDocker,
      blob: blobName(app.diffId),
      write: (files) => archive('docker-archive', files),
    },
  };
  const without = ({ files, blob }: Form): Files => files.filter(({ name }) => name !== blob);
  const withBytes = ({ files, blob }: Form, change: (bytes: Buffer) => Buffer): Files =>
    files.map((file) =>
      file.name === blob && 'bytes' in file ? { name: blob, bytes: change(file.bytes) } : file,
    );
  const flip = (bytes: Buffer): Buffer => {
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 5] = (flipped[bytes.length - 5] ?? 0) ^ 0xff;
    return flipped;
  };

  describe.each(Object.entries(FORMS))('in %s', (_, form) => {
    const known = async () => {
      const { varve } = varveWith();
      const good = await form.write(form.files);
      expect((await varve('snapshot', good, '--name', 'app')).status).toBe(0);
      return { varve, good };
    };
    const looks = (good: string, bad: string): readonly (readonly string[])[] => [
      ['compare', good, bad],
      ['snapshot', bad, '--name', 'app'],
      ['tree', bad],
      ['layer', 'ls', bad, '1'],
    ];

    it('is missed where it is gone', async () => {
      const { varve, good } = await known();
      const bad = await form.write(without(form));
      for (const args of looks(good, bad)) {
        const { status, stdout, stderr } = await varve(...args);
        expect([args[0], status, stdout]).toEqual([args[0], 3, '']);
        expect(stderr).toContain('blob-missing');
      }
    });

    it('is found out where it was cut', async () => {
      const { varve, good } = await known();
      const bad = await form.write(withBytes(form, (bytes) => bytes.subarray(0, bytes.length - 512)));
      for (const args of looks(good, bad)) {
        const { status, stdout } = await varve(...args);
        expect([args[0], status, stdout]).toEqual([args[0], 3, '']);
      }
    });

    it('is told not to be read again, and is found out by --reread', async () => {
      const { varve, good } = await known();
      const bad = await form.write(withBytes(form, flip));
      const compared = await varve('compare', good, bad);
      expect(compared.status).toBe(0);
      expect(compared.stdout).toContain('no layer read again');
      for (const args of [['--format', 'markdown'], ['--all']]) {
        const { stdout } = await varve('compare', good, bad, ...args);
        expect(stdout).toContain('all layers of both images were known and not read again');
      }
      const alone = await varve('snapshot', bad, '--name', 'app');
      expect(alone.stdout).toContain('no layer read again');
      for (const args of looks(good, bad)) {
        const { status, stdout, stderr } = await varve(...args, '--reread');
        expect([args[0], status, stdout]).toEqual([args[0], 3, '']);
        expect(stderr).toMatch(/mismatch/);
      }
    });
  });

  it('is missed where its descriptor gives an address in its place', async () => {
    const { varve } = varveWith();
    const good = indexOf(image);
    const [first, second] = image.layers;
    const elsewhere = {
      ...second,
      descriptor: { ...second?.descriptor, urls: ['https://elsewhere.example/x'] },
    } as MadeLayer;
    const moved = imageFor(AMD64, [first as MadeLayer, elsewhere]);
    expect((await varve('compare', good, indexOf(moved), '--exit-code')).status).toBe(0);
    const lost = moved.blobs.filter(({ digest }) => digest !== second?.digest);
    const layout = writeFolder(place('layout'), layoutFiles([moved.descriptor], lost));
    const { status, stdout, stderr } = await varve('compare', good, `oci:${layout}`, '--exit-code');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('blob-missing');
  });

  it('is read again when a variable, the settings file, an input or a call of the library says so', async () => {
    const { varve, store } = varveWith();
    const form = FORMS['a layout'] as Form;
    await varve('snapshot', await form.write(form.files), '--name', 'app');
    const bad = await form.write(withBytes(form, flip));
    const snapshot = ['snapshot', bad, '--name', 'app', '--cas-root', store];
    expect((await runVarve(snapshot, { env: { VARVE_REREAD: 'true' } })).status).toBe(3);
    const settings = join(folder('settings'), 'varve.yml');
    writeFileSync(settings, 'reread: true\n');
    expect((await runVarve([...snapshot, '--config', settings])).status).toBe(3);

    const workspace = folder('workspace');
    const inputs = { image: bad, name: 'app', 'cas-root': store, baseline: 'none' };
    expect((await runAction({ inputs, workspace })).status).toBe(0);
    expect((await runAction({ inputs: { ...inputs, reread: 'true' }, workspace })).status).toBe(3);

    const { snapshot: take }: typeof library = await import(pathToFileURL(join(DIST, 'library.js')).href);
    const call = { name: 'app', 'cas-root': store };
    expect((await take(bad, call)).pointer).toMatchObject({ layers: { reused: 2, read: 0 } });
    await expect(take(bad, { ...call, reread: true })).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('proves what the store has of it wrong when it is read again, and mends that', async () => {
    const { varve, store } = varveWith();
    const form = FORMS['a layout'] as Form;
    const good = await form.write(form.files);
    const take = async (...args: string[]) => {
      const options = ['--name', 'shop', '--baseline', 'none', '--format', 'json', ...args];
      const { stdout, stderr } = await varve('snapshot', good, ...options);
      return { ...JSON.parse(stdout), stderr };
    };
    const first = await take();
    await hideFile(openDirectoryStore(store), 'default', 'app/main');
    const fooled = await take();
    expect(fooled.layers).toMatchObject({ reused: 2, read: 0 });
    expect(fooled.snapshotDigest).not.toBe(first.snapshotDigest);

    const again = await take('--reread');
    expect(again.layers).toMatchObject({ reused: 0, read: 2 });
    expect(again.snapshotDigest).toBe(first.snapshotDigest);
    expect(again.stderr).toContain(`is not what layer ${app.diffId} gives when it is read`);
    const mended = await take();
    expect([mended.snapshotDigest, mended.stderr]).toEqual([first.snapshotDigest, '']);
  });
});

describe('limits', () => {
  it('that a known layer is over are told, and hold when it is read again', async () => {
    const { varve } = varveWith();
    const good = writeIndexed(place('image'), [image]);
    await varve('snapshot', good, '--name', 'app');
    const findings = async (...args: string[]) => {
      const { status, stdout } = await varve('snapshot', good, '--name', 'app', '--format', 'json', ...args);
      return [status, JSON.parse(stdout).findings];
    };
    const over = (detail: string) => [0, 1].map((layer) => ({ layer, code: 'limit-passed-over', detail }));
    expect(await findings()).toEqual([0, []]);
    expect(await findings('--max-layer-bytes', '600')).toEqual([
      0,
      over('2,048 bytes, and --max-layer-bytes is 600'),
    ]);
    expect(await findings('--max-sparse-bytes', '9')).toEqual([
      0,
      over('not checked against --max-sparse-bytes 9'),
    ]);
    expect(await findings('--max-header-bytes', '9')).toEqual([
      0,
      over('not checked against --max-header-bytes 9'),
    ]);
    const { status, stdout } = await varve('compare', good, good, '--max-layer-bytes', '600');
    expect(status).toBe(0);
    expect(stdout.match(/limit-passed-over/g)).toHaveLength(4);
    expect((await varve('compare', good, good, '--max-layer-bytes', '600', '--reread')).status).toBe(3);
    for (const look of [
      ['tree', good],
      ['layer', 'ls', good, '0'],
    ]) {
      const listed = await varve(...look, '--max-layer-bytes', '600');
      expect([listed.status, listed.stderr]).toEqual([
        0,
        expect.stringContaining(
          'varve: layer 0: limit-passed-over  2,048 bytes, and --max-layer-bytes is 600\n',
        ),
      ]);
      expect((await varve(...look, '--max-layer-bytes', '600', '--reread')).status).toBe(3);
    }
  });

  it('of entries are told with the number that a known layer has', async () => {
    const { varve } = varveWith();
    const files = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`f${n}`, '']));
    const good = writeIndexed(place('image'), [imageFor(AMD64, [await makeLayer(files)])]);
    await varve('snapshot', good, '--name', 'app');
    const over = await varve('compare', good, good, '--max-layer-entries', '4');
    expect(over.stdout).toContain('5 entries, and --max-layer-entries is 4');
    expect((await varve('compare', good, good, '--max-layer-entries', '5')).stdout).not.toContain('limit');
  });
});

describe('an image that is skipped', () => {
  const twin = (text: string): MadeImage => imageFor(AMD64, [base, app], { config: { author: text } });
  const [one, two] = [twin('one'), twin('two')];

  it.each([['all'], ['linux/amd64']])(
    'for the same platform is never "no change" with --platform %s',
    async (wanted) => {
      const { varve } = varveWith();
      const compare = [
        'compare',
        indexOf(image, one),
        indexOf(image, two),
        '--platform',
        wanted,
        '--exit-code',
      ];
      const { status, stdout } = await varve(...compare);
      expect(status).toBe(1);
      expect(stdout).toContain('? no change found, 2 images not compared');
      expect(flat(stdout)).toContain(
        `image ${'`'}${two.digest}${'`'} of the target not compared: it was skipped`,
      );
      expect(flat(stdout)).toContain(
        `image ${'`'}${one.digest}${'`'} of the baseline not compared: it was skipped`,
      );
      expect(stdout.match(/platform-twice/g)).toHaveLength(2);
      expect((await varve(...compare, '--format', 'markdown')).stdout).toContain(two.digest);
      const json = await varve(...compare, '--format', 'json');
      expect([json.status, JSON.parse(json.stdout)]).toMatchObject([
        1,
        {
          changed: true,
          sections: {
            uncompared: {
              count: 2,
              items: [
                { what: 'image', why: 'passed-over', side: 'base', digest: one.digest },
                { what: 'image', why: 'passed-over', side: 'target', digest: two.digest },
              ],
            },
          },
        },
      ]);
      expect(json.stderr).toContain('platform-twice');
    },
  );

  /** What engines do not look at when they choose an image by its platform. */
  const DISGUISES: Readonly<Record<string, () => MadeImage>> = {
    'by an annotation of its entry': () => claiming({ annotations: ATTESTING }),
    'by a type of its entry': () => claiming({ artifactType: 'application/spdx+json' }),
    'by a type of its entry, which states no platform': () =>
      claiming({ artifactType: 'application/spdx+json', platform: undefined }),
    'by the type that it states': () =>
      imageFor(AMD64, [base, newer], { manifest: { artifactType: 'application/spdx+json' } }),
    'by the type of its config': () =>
      restated(({ config }) => ({ config: { ...config, mediaType: 'application/octet-stream' } })),
    'by the types of its layers': () =>
      restated(({ layers }) => ({
        layers: layers.map((layer) => ({ ...layer, mediaType: 'application/vnd.in-toto+json' })),
      })),
  };
  const ATTESTING = { 'vnd.docker.reference.type': 'attestation-manifest' };
  const claiming = (claim: Record<string, unknown>): MadeImage => {
    const made = imageFor(AMD64, [base, newer]);
    return { ...made, descriptor: { ...made.descriptor, ...claim } };
  };
  const restated = (
    change: (manifest: { config: object; layers: readonly object[] }) => Record<string, unknown>,
  ): MadeImage => {
    const manifest = change(JSON.parse(imageFor(AMD64, [base, newer]).bytes.toString()));
    return imageFor(AMD64, [base, newer], { manifest });
  };

  it.each(Object.entries(DISGUISES))(
    'for it goes as an artifact %s is never "no change"',
    async (_, make) => {
      const { varve } = varveWith();
      const other = make();
      for (const [target, told] of [
        [indexOf(image, other), /\? no change found, 1 image not compared/],
        [indexOf(other, image), /Δ 1 layer rebuilt, 1 file changed, .*1 image not compared/],
      ] as const) {
        const { status, stdout } = await varve('compare', indexOf(image), target, '--exit-code');
        expect([status, stdout]).toEqual([1, expect.stringMatching(told)]);
      }
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['another platform', { platform: ARM64 }],
    ['no platform', { platform: { os: 'unknown', architecture: 'unknown' }, annotations: ATTESTING }],
    ['something else', { mediaType: 'application/x' }],
  ])('for it is named before as one for %s is never "no change"', async (_, before) => {
    const { varve } = varveWith();
    const other = imageFor(AMD64, [base, newer]);
    const { descriptor } = other;
    const named = { ...other, descriptor: { ...descriptor, ...before } };
    const compare = ['compare', indexOf(image), indexOf(named, other, image), '--exit-code'];
    for (const wanted of ['all', 'linux/amd64']) {
      const { status, stdout } = await varve(...compare, '--platform', wanted);
      expect([status, stdout]).toEqual([1, expect.stringContaining('1 image not compared')]);
    }
  });

  it.each([
    'application/json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.oci.artifact.manifest.v1+json',
  ])('for it has the media type %s in its index is never "no change"', async (mediaType) => {
    const { varve } = varveWith();
    const other = imageFor(AMD64, [base, newer]);
    const typed = { ...other, descriptor: { ...other.descriptor, mediaType } };
    for (const more of [[], ['--platform', 'all'], ['--platform', 'linux/amd64']]) {
      const { status, stdout } = await varve(
        ...['compare', indexOf(image), indexOf(typed, image), '--exit-code', ...more],
      );
      expect([status, stdout]).toEqual([
        1,
        expect.stringContaining('? no change found, 1 image not compared'),
      ]);
      expect(stdout).toContain(other.digest);
    }
    const forNone = { os: 'unknown', architecture: 'unknown' };
    const attached = { ...typed, descriptor: { ...typed.descriptor, platform: forNone } };
    const { status } = await varve('compare', indexOf(image), indexOf(attached, image), '--exit-code');
    expect(status).toBe(0);
    const alone = await varve('compare', indexOf(image), indexOf(typed));
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringContaining('not-an-image')]);
  });

  it('for it goes as an index of artifacts, or for another platform, is never "no change"', async () => {
    const { varve } = varveWith();
    const arm = imageFor(ARM64, [base, newer]);
    const other = { ...arm, descriptor: { ...arm.descriptor, annotations: ATTESTING } };
    const inner = makeIndex([imageFor(AMD64, [base, newer]).descriptor], { artifactType: 'application/x' });
    const nested = writeIndexed(place('nested'), [image], [inner.descriptor]);
    const { status, stdout } = await varve('compare', indexOf(image), nested, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('1 image not compared')]);
    const all = ['--platform', 'all', '--exit-code'];
    expect((await varve('compare', indexOf(image), indexOf(image, other), ...all)).status).toBe(1);
  });

  describe('where its index lists it for another platform than its config states', () => {
    const arm = imageFor(ARM64, [app]);
    const listedFor = (made: MadeImage, platform: object): MadeImage => ({
      ...made,
      descriptor: { ...made.descriptor, platform },
    });
    const swapped = () => indexOf(listedFor(arm, AMD64), listedFor(image, ARM64));

    it.each<[string, () => string, () => string, string]>([
      ['swapped', () => indexOf(image, arm), swapped, '? 2 platforms'],
      ['of one image', () => indexOf(image), () => indexOf(listedFor(image, ARM64)), '? no change found'],
    ])('is never "no change": %s', async (_, one, two, told) => {
      const { varve, store } = varveWith();
      const all = ['--platform', 'all'];
      for (const sides of [
        [one(), two()],
        [two(), one()],
      ]) {
        const { status, stdout } = await varve('compare', ...sides, '--exit-code', ...all);
        expect([status, stdout]).toEqual([1, expect.stringContaining(told)]);
        expect(flat(stdout)).toContain('its index lists it for another platform (`platform-mismatch`)');
      }
      expect((await varve('compare', two(), two(), '--exit-code', ...all)).status).toBe(0);

      const take = (reference: string) =>
        varve('snapshot', reference, '--name', 'app', '--baseline', `dir:${store}`, ...all);
      await take(one());
      expect((await take(two())).stdout).toContain('platform-mismatch');
      const between = (back: string) =>
        varve('compare', back, 'history:app', '--exit-code', '--platform', 'linux/amd64');
      expect((await between('history:app~1')).status).toBe(1);
      expect((await between('history:app')).status).toBe(0);
    });
  });

  it('is the same where both sides have the very same', async () => {
    const { varve } = varveWith();
    const { status, stdout } = await varve(
      'compare',
      indexOf(image, one),
      indexOf(image, one),
      '--exit-code',
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('✓ no change')]);
    expect(stdout).toContain('platform-twice');
  });

  it('is remembered by a history, so that another one is never "no change"', async () => {
    const { varve, store } = varveWith();
    const run = (reference: string, ...args: string[]) =>
      varve('snapshot', reference, '--name', 'app', '--baseline', `dir:${store}`, ...args);
    await run(indexOf(image, one));
    expect((await run(indexOf(image, one))).stdout).toContain('✓ no change');
    const { stdout } = await run(indexOf(image, two));
    expect(stdout).toContain('? no change found, 2 images not compared');
    const between = async (back: number) =>
      varve('compare', `history:app~${back}`, 'history:app', '--exit-code');
    expect(await between(1)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('? no change found'),
    });
    expect((await between(0)).status).toBe(0);
    const workspace = folder('workspace');
    const inputs = { image: indexOf(image), name: 'app', 'cas-root': store, baseline: `dir:${store}` };
    const { outputs, summary } = await runAction({ inputs, workspace });
    expect(outputs).toMatchObject({ changed: 'true', headline: 'no change found, 1 image not compared' });
    expect(summary).toContain(two.digest);
    expect(summary).not.toContain('✅');
  });

  it('is remembered where there are very many', async () => {
    const { varve } = varveWith();
    const many = (text: string): MadeImage[] =>
      Array.from({ length: 101 }, (_, index) => twin(`${text} ${index}`));
    for (const text of ['one', 'one', 'two'])
      await varve('snapshot', indexOf(image, ...many(text)), '--name', 'app');
    const between = (base: number, target: number) =>
      varve('compare', `history:app~${base}`, `history:app~${target}`, '--exit-code');
    expect((await between(2, 1)).status).toBe(0);
    expect((await between(1, 0)).status).toBe(1);
  });

  it('since an archive has two indexes that disagree is never "no change"', async () => {
    const { varve } = varveWith();
    const archive = async (other: MadeImage) => {
      const [classic, layout] = [classicDockerFiles(image), layoutFiles([other.descriptor], other.blobs)];
      const names = new Set(layout.map(({ name }) => name));
      const path = `${place('archive')}.tar`;
      writeFileSync(path, await packFiles([...classic.filter(({ name }) => !names.has(name)), ...layout]));
      return `docker-archive:${path}`;
    };
    const [first, second] = [await archive(one), await archive(two)];
    const { status, stdout } = await varve('compare', first, second, '--exit-code');
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('? no change found, 2 images not compared'),
    ]);
    expect(stdout.match(/index-mismatch/g)).toHaveLength(2);
    expect((await varve('compare', first, first, '--exit-code')).status).toBe(0);
  });

  describe('since an archive leads to it in another way', () => {
    const CALLED = ['docker.io/library/app:1', '1'] as const;
    const { platform: _, ...plain } = one.descriptor;
    const entry = ({ descriptor: { platform, ...rest } }: MadeImage, ...[name, tag]: readonly string[]) => ({
      ...rest,
      ...(name && tag && named(name, tag)),
    });
    const item = ({ config, layers }: MadeImage, ...tags: readonly string[]) => ({
      Config: blobName(config.digest),
      RepoTags: tags,
      Layers: layers.map(({ digest }) => blobName(digest)),
    });
    const archive = async (entries: readonly object[], items: readonly object[]) => {
      const files = layoutFiles(entries as Record<string, unknown>[], [...image.blobs, ...one.blobs]);
      const path = `${place('archive')}.tar`;
      const manifest = { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(items)) };
      writeFileSync(path, await packFiles([...files, manifest]));
      return path;
    };
    const other = ['docker.io/library/other:1', '1'] as const;

    it.each<[string, readonly object[], readonly object[], readonly string[]]>([
      [
        'under its name in index.json',
        [entry(one, ...CALLED), entry(image, ...other)],
        [item(image, 'app:1')],
        ['docker-archive:PATH', 'docker-archive:PATH:app:1'],
      ],
      [
        'under swapped names',
        [entry(one, ...CALLED), entry(image, ...other)],
        [item(image, 'app:1'), item(one, 'other:1')],
        ['docker-archive:PATH:app:1'],
      ],
      [
        'without a name in index.json',
        [plain, entry(image, ...CALLED)],
        [item(image, 'app:1')],
        ['docker-archive:PATH', 'docker-archive:PATH:app:1'],
      ],
      [
        'in manifest.json',
        [entry(image, ...CALLED)],
        [item(one, 'app:1')],
        ['oci-archive:PATH', 'oci-archive:PATH:1'],
      ],
      [
        'as a second one in manifest.json',
        [entry(image, ...CALLED)],
        [item(image, 'app:1'), item(one, 'app:1')],
        ['PATH', 'oci-archive:PATH'],
      ],
    ])('%s', async (_, entries, items, references) => {
      const { varve } = varveWith();
      const honest = `docker-archive:${await archive([entry(image, ...CALLED)], [item(image, 'app:1')])}`;
      const path = await archive(entries, items);
      for (const reference of references.map((text) => text.replace('PATH', path))) {
        const { status, stdout } = await varve('compare', honest, reference, '--exit-code');
        expect([status, stdout]).toEqual([
          1,
          expect.stringContaining('? no change found, 1 image not compared'),
        ]);
        expect(stdout).toContain('index-mismatch');
      }
    });

    it('is nothing to one that was chosen by name, where it has another', async () => {
      const { varve } = varveWith();
      const both = await archive(
        [entry(image, ...CALLED), entry(one, ...other)],
        [item(image, 'app:1'), item(one, 'other:1')],
      );
      const unnamed = await archive([entry(image, ...CALLED), plain], [item(image, 'app:1'), item(one)]);
      for (const path of [both, unnamed]) {
        const { status, stdout } = await varve(
          'compare',
          `oci:${writeFolder(place('layout'), layoutFiles([image.descriptor], image.blobs))}`,
          `docker-archive:${path}:app:1`,
          '--exit-code',
        );
        expect([status, stdout]).toEqual([0, expect.stringContaining('✓ no change')]);
        expect(stdout).not.toContain('index-mismatch');
      }
    });
  });

  it.each([
    ['before', [two, image]],
    ['behind', [image, two]],
  ])('since it is lost is never "no change", %s the one for its platform', async (_, images) => {
    const { varve } = varveWith();
    const index = makeIndex(images.map(({ descriptor }) => descriptor));
    const files = layoutFiles([index.descriptor], [index, ...image.blobs]);
    const target = `oci:${writeFolder(place('layout'), files)}`;
    for (const more of [[], ['--platform', 'linux/amd64'], ['--platform', 'all']]) {
      const { status, stdout } = await varve('compare', indexOf(image), target, '--exit-code', ...more);
      expect([status, stdout]).toEqual([
        1,
        expect.stringContaining('? no change found, 1 image not compared'),
      ]);
      expect(stdout).toContain(two.digest);
    }
  });

  it('is told by the library', async () => {
    const { compare }: typeof library = await import(pathToFileURL(join(DIST, 'library.js')).href);
    const settings = { 'cas-root': place('store') };
    const { comparison, report } = await compare(indexOf(image, one), indexOf(image, two), settings);
    expect(comparison.changed).toBe(true);
    expect(await report('text')).toContain('platform-twice');
    expect(await report('markdown')).toContain('platform-twice');
  });

  it.each<[string, readonly MadeImage[]]>([
    ['alone', [image]],
    ['next to others', [image, imageFor(ARM64, [base, app])]],
  ])('since it is not there is never "no change", %s', async (_, present) => {
    const { varve, store } = varveWith();
    const gone = (text: string) => imageFor(S390X, [base, app], { config: { author: text } });
    const indexWithout = (absent: MadeImage): string =>
      writeIndexed(place('image'), present, [absent.descriptor]);
    const [first, second] = [indexWithout(gone('one')), indexWithout(gone('two'))];
    const all = ['--platform', 'all', '--exit-code'];
    const { status, stdout } = await varve('compare', first, second, ...all);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^\?/m)]);
    expect(stdout).toMatch(/not compared|not here/);
    const same = await varve('compare', first, first, ...all);
    expect([same.status, same.stdout]).toEqual([0, expect.stringMatching(/✓ .*(no change|unchanged)/)]);

    const run = ['--name', 'app', '--platform', 'all', '--baseline', `dir:${store}`];
    await varve('snapshot', first, ...run);
    const comparisonPath = join(place('out'), 'comparison.json');
    const again = await varve('snapshot', second, ...run, '--comparison-path', comparisonPath);
    expect(again.stdout).toMatch(/^\?/m);
    expect(JSON.parse(readFileSync(comparisonPath, 'utf8')).changed).toBe(true);
  });

  it('is told where it is not there for other platforms than before', async () => {
    const { varve } = varveWith();
    const { descriptor } = imageFor(S390X, [base, app]);
    const present = [image, imageFor(ARM64, [base, app])];
    const riscv = { ...descriptor, platform: { os: 'linux', architecture: 'riscv64' } };
    const [first, second] = [descriptor, riscv].map((each) => writeIndexed(place('image'), present, [each]));
    const { status, stdout } = await varve(
      ...['compare', first ?? '', second ?? '', '--platform', 'all', '--exit-code'],
    );
    expect([status, stdout]).toEqual([1, expect.stringContaining('linux/riscv64')]);
  });
});

describe('what an engine exports is never "no change" where it', () => {
  const other = imageFor(AMD64, [base, newer]);
  const arm = imageFor(ARM64, [base, newer]);
  const listed = ({ descriptor }: MadeImage) => ({ Descriptor: descriptor, Available: true, Kind: 'image' });
  const naming = ({ descriptor }: MadeBlob) => ({ ...descriptor, ...named('docker.io/library/app:1', '1') });
  /** An archive of the image, as the part of an index that the engine has. */
  const partOf = (index: MadeBlob, ...more: readonly MadeBlob[]) =>
    containerdFiles(image, naming(index), [index, ...more]);
  const twins = makeIndex([other.descriptor, image.descriptor]);
  const several = makeIndex([image.descriptor, arm.descriptor]);
  const only = '? no change found, 1 image not compared';

  it.each<[string, object, readonly FormFile[], [number, string], ...string[]]>([
    ['is another image', { Id: other.digest }, containerdFiles(image), [1, only]],
    [
      'is none of those that it told of',
      { Id: twins.digest, Manifests: [listed(other)] },
      containerdFiles(image),
      [3, 'digest-mismatch'],
    ],
    ['lacks the first for the platform', { Id: twins.digest }, partOf(twins), [1, only]],
    ['lacks a platform', { Id: several.digest }, partOf(several), [1, only], '--platform', 'all'],
    [
      'has a platform that it did not tell of',
      { Id: several.digest },
      partOf(several, ...arm.blobs),
      [1, only],
      ...['--platform', 'all'],
    ],
  ])('%s', async (_, inspection, files, told, ...args) => {
    await using engine = await MemoryEngine.start(place('engine'));
    const archive = await packFiles(files);
    engine.images.push({ names: ['app:1'], inspection: inspection as { Id: string }, archive });
    const { status, stdout, stderr } = await runVarve(
      [
        'compare',
        indexOf(image),
        'docker-daemon:app:1',
        '--exit-code',
        '--cas-root',
        place('store'),
        ...args,
      ],
      { env: { DOCKER_HOST: `unix://${engine.socket}` } },
    );
    expect([status, stdout + stderr]).toEqual([told[0], expect.stringContaining(told[1])]);
  });
});

describe('a platform that one side alone has', () => {
  const arm = imageFor(ARM64, [base, app]);
  const [one, two] = [indexOf(image), indexOf(image, arm)];
  const all = ['--platform', 'all'];

  it.each([
    [
      'new',
      one,
      two,
      '+ 2 platforms: linux/arm64 new, linux/amd64 unchanged',
      ' 2 platforms: `linux/arm64` new',
    ],
    [
      'gone',
      two,
      one,
      'Δ 1 platform: linux/amd64 unchanged, linux/arm64 gone',
      ' needs attention, 1 platform: ',
    ],
  ])('is never "no change": %s', async (_, before, after, told, sign) => {
    const { varve } = varveWith();
    const compare = ['compare', before, after, ...all, '--exit-code'];
    const { status, stdout } = await varve(...compare);
    expect([status, stdout]).toEqual([1, expect.stringContaining(told)]);
    expect((await varve(...compare, '--format', 'markdown')).stdout).toContain(sign);
  });

  it('is gone in every document of a run', async () => {
    const { store } = varveWith();
    const inputs = { name: 'app', platform: 'all', 'cas-root': store, baseline: `dir:${store}` };
    const documents = { 'pointer-path': 'pointer.json', 'comparison-path': 'comparison.json' };
    const workspace = folder('workspace');
    const run = (reference: string, id: string) =>
      runAction({
        ...{ inputs: { ...inputs, ...documents, image: reference }, workspace },
        env: { GITHUB_RUN_ID: id },
      });
    await run(two, '1');
    const { outputs } = await run(one, '2');
    expect(outputs).toMatchObject({ changed: 'true', headline: expect.stringContaining('linux/arm64 gone') });
    const [pointer, comparison] = Object.values(documents).map((name) =>
      JSON.parse(readFileSync(join(workspace, name), 'utf8')),
    );
    expect(pointer).toMatchObject({ gonePlatforms: [ARM64] });
    expect(comparison).toMatchObject({ changed: true, gonePlatforms: [ARM64] });
  });

  it('is gone between two entries of a history', async () => {
    const { varve } = varveWith();
    for (const reference of [two, one]) await varve('snapshot', reference, ...all, '--name', 'app');
    const { status, stdout } = await varve('compare', 'history:app~1', 'history:app', ...all, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('linux/arm64 gone')]);
  });
});

describe('what has no effect, though engines differ on it', () => {
  const directory = (name: string) => tarEntry({ name, type: '5', mode: 0o755 });
  const link = (name: string, target: string, type = '2') => tarEntry({ name, type, link: target });
  const setuid = (name: string) => tarEntry({ name, mode: 0o4755 }, 'evil');
  const below = layerOf(
    tarOf(
      directory('target/'),
      tarEntry({ name: 'target/secret' }),
      link('link', 'target'),
      setuid('bin/sh'),
    ),
  );
  const imageOf = (...entries: readonly Buffer[]) => imageFor(AMD64, [below, layerOf(tarOf(...entries))]);
  const plain = imageOf(directory('target/'), link('link', 'target'));

  it.each<[string, readonly Buffer[]]>([
    ['whiteout-below-own-symlink', [tarEntry({ name: 'link/.wh.secret' })]],
    ['whiteout-below-own-symlink', [tarEntry({ name: 'link/.wh..wh..opq' })]],
    ['escaping-path', [setuid('../../bin/sh')]],
    ['escaping-link', [link('target/secret', '../../bin/sh', '1')]],
    ['bad-whiteout', [tarEntry({ name: 'bin/.wh.' })]],
    ['root-replaced', [link('.', 'target')]],
    // Classic engines take the content from there, with the rights that it states.
    ['broken-hard-link', [setuid('.wh..wh.plnk/1'), link('target/secret', '/.wh..wh.plnk/1', '1')]],
    ['unreachable-path', [Buffer.concat([paxHeader([['path', `${'a/'.repeat(2048)}f`]]), tarEntry()])]],
  ])('is never "no change": %s', async (code, entries) => {
    const { varve } = varveWith();
    const odd = imageOf(directory('target/'), link('link', 'target'), ...entries);
    const compare = ['compare', indexOf(plain), indexOf(odd), '--exit-code'];
    const { status, stdout } = await varve(...compare);
    expect([status, stdout]).toEqual([1, expect.stringContaining('files not compared')]);
    expect(flat(stdout)).toMatch(new RegExp(`files of layer 1 of the target not compared.*${code}`));
    const json = JSON.parse((await varve(...compare, '--format', 'json')).stdout);
    expect(json).toMatchObject({
      changed: true,
      sections: {
        uncompared: {
          items: [{ what: 'files', why: 'passed-over', layer: 1, findings: expect.arrayContaining([code]) }],
        },
      },
    });
    const same = await varve('compare', indexOf(odd), indexOf(odd), '--exit-code');
    expect([same.status, same.stdout]).toEqual([0, expect.stringContaining('✓ no change')]);
  });

  const file = (name: string, fields: HeaderFields = {}) => tarEntry({ name, ...fields }, 'x');
  const attribute = (keyword: string, value: string | Buffer) => paxHeader([[keyword, value]]);
  const capability = Buffer.from('0100000200200000', 'hex');
  const kinds: [what: string, code: string, base: readonly Buffer[], target: readonly Buffer[]][] = [
    ...(['7', 'Z', 'D', 'V', 'X'] as const).map((type): (typeof kinds)[number] => [
      `a type byte ${type}, which they refuse`,
      'unknown-entry-type',
      [file('a')],
      [file('a', { type })],
    ]),
    [
      'an old sparse file, which they refuse',
      'unknown-entry-type',
      [tarEntry({ name: 'a' })],
      [tarEntry({ name: 'a', type: 'S', format: 'gnu' })],
    ],
    [
      'a name in a header of Solaris, which they do not read',
      'unknown-entry-type',
      [directory('var/'), directory('var/log/'), directory('var/log/apt/')],
      [
        ...[directory('var/'), directory('var/log/'), directory('var/log/apt/')],
        ...[paxHeader([['path', 'var/log/apt/x']], 'X'), file('etc/ld.so.preload')],
      ],
    ],
    [
      'an attribute for libarchive alone',
      'libarchive-attribute',
      [attribute('SCHILY.xattr.security.capability', capability), file('a')],
      [attribute('LIBARCHIVE.xattr.security.capability', capability.toString('base64')), file('a')],
    ],
    [
      'an attribute that libarchive has otherwise',
      'libarchive-attribute',
      [attribute('SCHILY.xattr.user.a', '1'), file('a')],
      [
        paxHeader([
          ['SCHILY.xattr.user.a', '1'],
          ['LIBARCHIVE.xattr.user.a', 'Mg=='],
        ]),
        file('a'),
      ],
    ],
    [
      'a path that is stated twice, which Docker and Podman refuse',
      'duplicate-entry',
      [file('a')],
      [file('a', { mode: 0o4755 }), file('a')],
    ],
    [
      'a place below a symlink of a lower layer, where some follow it',
      'parent-replaced',
      [directory('link/'), file('link/x')],
      [file('link/x')],
    ],
    [
      'attributes of a directory that is stated again',
      'attributes-dropped',
      [directory('a/'), directory('a/')],
      [attribute('SCHILY.xattr.system.posix_acl_default', 'zz'), directory('a/'), directory('a/')],
    ],
  ];
  it.each(kinds)('is never "no change": %s', async (_, code, before, after) => {
    const { varve } = varveWith();
    const [one, two] = [indexOf(imageOf(...before)), indexOf(imageOf(...after))];
    for (const sides of [
      [one, two],
      [two, one],
    ]) {
      const { status, stdout } = await varve('compare', ...sides, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('files not compared')]);
      expect(flat(stdout)).toContain(code);
    }
    expect((await varve('compare', two, two, '--exit-code')).status).toBe(0);
  });

  it('is nothing lost below a symlink that leads on through another one of its layer', async () => {
    const { varve } = varveWith();
    const merged = (...tool: readonly Buffer[]) =>
      indexOf(
        imageOf(
          ...[directory('usr/'), directory('usr/bin/'), link('usr/sbin', 'bin'), link('sbin', 'usr/sbin')],
          ...tool,
        ),
      );
    const [one, two] = [merged(file('sbin/tool')), merged(setuid('sbin/tool'))];
    const { status, stdout } = await varve('compare', one, two, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('usr/bin/tool')]);
    expect((await varve('tree', one)).stdout).toMatch(/usr\/bin\/tool$/m);
  });

  type Stack = readonly (readonly Buffer[])[];
  const hidden = [directory('hid/'), file('hid/x')];
  const opaque = [
    tarEntry({ name: '.wh.hid' }),
    ...[attribute('SCHILY.xattr.trusted.overlay.redirect', '/hid'), directory('d/')],
  ];
  const early = [link('b', 'x', '1'), file('x')];
  const through = [file('link/x')];
  const depending: [what: string, code: string, base: Stack, target: Stack][] = [
    ['content that escapes', 'escaping-path', [[file('../../etc/cron')]], [[setuid('../../etc/cron')]]],
    [
      'a mode of what escapes',
      'escaping-link',
      [[tarEntry({ name: 'a', type: '1', link: '../../bin/sh' })]],
      [[tarEntry({ name: 'a', type: '1', link: '../../bin/sh', mode: 0o4755 })]],
    ],
    [
      'what AUFS keeps for hard links',
      'aufs-metadata',
      [[file('.wh..wh.plnk/1.2'), link('bin/su', '.wh..wh.plnk/1.2', '1')]],
      [[setuid('.wh..wh.plnk/1.2'), link('bin/su', '.wh..wh.plnk/1.2', '1')]],
    ],
    [
      'a file among what AUFS keeps',
      'aufs-metadata',
      [[file('a')]],
      [[file('a'), setuid('.wh..wh.foo/evil')]],
    ],
    [
      'a folder that another one redirects to',
      'overlay-attribute',
      [hidden, opaque],
      [[directory('hid/'), setuid('hid/x')], opaque],
    ],
    [
      'the file that a hard link may lead to',
      'hard-link-unstated',
      [[file('x')], early],
      [[setuid('x')], early],
    ],
    [
      'where a lower symlink leads',
      'parent-replaced',
      [[link('link', 'a'), directory('a/'), directory('c/')], through],
      [[link('link', 'c'), directory('a/'), directory('c/')], through],
    ],
    [
      'attributes that a directory had',
      'attributes-dropped',
      [[attribute('SCHILY.xattr.user.a', '1'), directory('d/')], [directory('d/')]],
      [[attribute('SCHILY.xattr.user.a', '2'), directory('d/')], [directory('d/')]],
    ],
    [
      'what a symlink replaces',
      'replaced-by-own',
      [[link('a', 'c'), directory('c/'), file('a/x'), file('c/x')]],
      [[link('a', 'c'), directory('c/'), setuid('a/x'), file('c/x')]],
    ],
  ];
  it.each(depending)('is never "no change" in what it depends on: %s', async (_, code, before, after) => {
    const { varve } = varveWith();
    const stack = (layers: Stack, ...more: readonly Buffer[]) =>
      indexOf(
        imageFor(AMD64, [
          base,
          ...layers.map((entries) => layerOf(tarOf(...entries))),
          layerOf(tarOf(...more)),
        ]),
      );
    const [one, two] = [stack(before), stack(after)];
    for (const sides of [
      [one, two],
      [two, one],
    ]) {
      const { status, stdout } = await varve('compare', ...sides, '--exit-code');
      expect([status, flat(stdout)]).toEqual([1, expect.stringContaining(code)]);
      expect(stdout).toContain('files not compared');
    }
    const later = [
      stack(after, file('etc/motd', { mtime: 1 })),
      stack(after, file('etc/motd', { mtime: 2 })),
    ];
    const { status, stdout } = await varve('compare', ...later, '--exit-code');
    expect([status, stdout]).toEqual([0, expect.stringContaining('nothing differs but')]);
  });

  it.each([
    ['trusted.overlay.opaque', 'y'],
    ['user.overlay.opaque', 'y'],
    ['trusted.overlay.redirect', '/etc'],
    ['user.fuseoverlayfs.opaque', 'y'],
  ])('is never "no change": %s in a layer below another', async (name, value) => {
    const { varve } = varveWith();
    const again = layerOf(tarOf(directory('target/')));
    const stack = (...entries: readonly Buffer[]) =>
      indexOf(imageFor(AMD64, [below, layerOf(tarOf(...entries)), again]));
    const plain = stack(directory('target/'));
    const odd = stack(attribute(`SCHILY.xattr.${name}`, value), directory('target/'));
    const { status, stdout } = await varve('compare', plain, odd, '--exit-code');
    expect([status, flat(stdout)]).toEqual([1, expect.stringContaining('overlay-attribute')]);
    expect((await varve('compare', odd, odd, '--exit-code')).status).toBe(0);
  });

  it('is nothing that one inode has two names: a hard link in place of a copy is a change', async () => {
    const { varve } = varveWith();
    const [one, two] = [
      indexOf(imageOf(file('etc/app.conf'), file('home/app.conf'))),
      indexOf(imageOf(file('etc/app.conf'), link('home/app.conf', 'etc/app.conf', '1'))),
    ];
    for (const sides of [
      [one, two],
      [two, one],
    ]) {
      const { status, stdout } = await varve('compare', ...sides, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('2 files changed')]);
      expect(stdout).toMatch(/home\/app\.conf .*hard links/);
    }
    expect((await varve('compare', two, two, '--exit-code')).status).toBe(0);
  });

  it.each<[string, HeaderFields, number]>([
    ['a mode', { mode: 0o700 }, 0],
    ['an owner', { uid: 5 }, 0],
    ['a mode, in layers that both begin with', { mode: 0o700 }, 1],
  ])(
    'is never "no change": a directory whose rights a layer leaves unsaid: %s',
    async (_, fields, common) => {
      const { varve } = varveWith();
      const private_ = tarEntry({ name: 's/', type: '5', mode: 0o755, ...fields });
      const stack = (...layers: readonly (readonly Buffer[])[]) =>
        indexOf(imageFor(AMD64, [below, ...layers.map((entries) => layerOf(tarOf(...entries)))]));
      const [one, two] =
        common === 0
          ? [stack([private_], [file('s/x')]), stack([private_], [private_, file('s/x')])]
          : [stack([private_], [file('s/x')]), stack([private_], [file('s/x')], [private_])];
      for (const sides of [
        [one, two],
        [two, one],
      ]) {
        const { status, stdout } = await varve('compare', ...sides, '--exit-code');
        expect([status, flat(stdout)]).toEqual([1, expect.stringContaining('(`directory-unstated`)')]);
      }
      const later = stack([private_], [tarEntry({ name: 's/x', mtime: 9 }, 'x')]);
      expect((await varve('compare', stack([private_], [file('s/x')]), later, '--exit-code')).status).toBe(0);
    },
  );

  it('is nothing where a layer leaves a directory unsaid that has the usual rights', async () => {
    const { varve } = varveWith();
    const [one, two] = [imageOf(file('target/x')), imageOf(directory('target/'), file('target/x'))];
    const { status } = await varve('compare', indexOf(one), indexOf(two), '--exit-code');
    expect(status).toBe(0);
  });

  describe('since they take the entries of a layer in their order', () => {
    const file = (name: string, fields: HeaderFields = {}, content = 'x') =>
      tarEntry({ name, ...fields }, content);
    const hardLink = (fields: HeaderFields = {}) => tarEntry({ name: 'b', type: '1', link: 'a', ...fields });
    const capability: [string, Buffer] = [
      'SCHILY.xattr.security.capability',
      Buffer.from('0100000200200000', 'hex'),
    ];
    type Case = [what: string, code: string, base: readonly Buffer[], target: readonly Buffer[]];
    const cases: Case[] = [
      ['a mode', 'hard-link-differs', [file('a'), hardLink()], [file('a'), hardLink({ mode: 0o4755 })]],
      ['an owner', 'hard-link-differs', [file('a'), hardLink()], [file('a'), hardLink({ uid: 1000 })]],
      [
        'a capability',
        'hard-link-differs',
        [file('a'), hardLink()],
        [file('a'), paxHeader([capability]), hardLink()],
      ],
      [
        'the last of several modes',
        'hard-link-differs',
        [file('a'), hardLink({ mode: 0o4755 }), hardLink({ name: 'c' })],
        [file('a'), hardLink({ name: 'c' }), hardLink({ mode: 0o4755 })],
      ],
      [
        'a file that is then replaced',
        'hard-link-to-restated',
        [file('a'), hardLink()],
        [file('a', {}, 'evil'), hardLink(), file('a')],
      ],
      [
        'another such file',
        'hard-link-to-restated',
        [file('a', {}, 'good'), hardLink(), file('a')],
        [file('a', {}, 'evil'), hardLink(), file('a')],
      ],
      [
        'a place below a symlink that comes later',
        'below-own-symlink',
        [link('q', 'etc'), directory('etc/'), file('etc/cron')],
        [file('q/cron'), directory('etc/'), link('q', 'etc')],
      ],
      [
        'a place below a symlink that is then replaced',
        'below-restated',
        [directory('q/'), file('q/cron')],
        [link('q', 'etc'), file('q/cron'), directory('q/')],
      ],
      [
        'what a whiteout finds',
        'whiteout-of-own',
        [file('bin/.wh.a', {}, ''), file('bin/a')],
        [file('bin/a'), file('bin/.wh.a', {}, '')],
      ],
    ];
    const early = 'hard-link-unstated';
    const linkTo = (target: string, name = 'b') => link(name, target, '1');
    const secret = tarEntry({ name: 'target/secret' }, 'new');
    cases.push(
      [
        'a hard link before its file, which a lower layer has too',
        early,
        [secret, linkTo('target/secret')],
        [linkTo('target/secret'), secret],
      ],
      ['a hard link before its file', early, [file('a'), hardLink()], [hardLink(), file('a')]],
      [
        'hard links of a chain',
        early,
        [secret, linkTo('target/secret'), linkTo('b', 'c')],
        [secret, linkTo('b', 'c'), linkTo('target/secret')],
      ],
      [
        'a hard link to a lower layer and its whiteout',
        early,
        [linkTo('target/secret'), tarEntry({ name: 'target/.wh.secret' })],
        [tarEntry({ name: 'target/.wh.secret' }), linkTo('target/secret')],
      ],
      [
        'a hard link to a lower layer and an opaque marker',
        early,
        [linkTo('target/secret'), tarEntry({ name: 'target/.wh..wh..opq' })],
        [tarEntry({ name: 'target/.wh..wh..opq' }), linkTo('target/secret')],
      ],
      [
        'a hard link through a directory that becomes a symlink',
        early,
        [linkTo('target/secret'), link('target', 'etc')],
        [link('target', 'etc'), linkTo('target/secret')],
      ],
      [
        'a hard link to a file of a lower layer, or a copy',
        early,
        [tarEntry({ name: 'b' })],
        [linkTo('target/secret')],
      ],
      [
        'a hard link through a symlink of its layer',
        early,
        [link('t', 'target'), linkTo('target/secret')],
        [link('t', 'target'), linkTo('t/secret')],
      ],
    );
    it.each(cases)('is never "no change": %s', async (_, code, before, after) => {
      const { varve } = varveWith();
      const sides = [indexOf(imageOf(...before)), indexOf(imageOf(...after))];
      const { status, stdout } = await varve('compare', ...sides, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('files not compared')]);
      expect(flat(stdout)).toContain(code);
    });

    it('is the same where it is stated in the same way, whatever the times', async () => {
      const { varve } = varveWith();
      const odd = (mtime: number) =>
        indexOf(
          imageOf(
            file('a', { mtime }, 'first'),
            hardLink({ mode: 0o4755, mtime }),
            file('a', { mtime }),
            directory('q/'),
            file('q/x'),
            tarEntry({ name: 'q/', type: '5', mode: 0o700, mtime }),
          ),
        );
      const { status, stdout } = await varve('compare', odd(1), odd(2), '--exit-code');
      expect([status, stdout]).toEqual([0, expect.stringContaining('nothing differs but')]);
    });
  });

  it('is what a global header says: it gives no entry another name', async () => {
    const { varve } = varveWith();
    const dirs = [directory('var/'), directory('var/log/'), directory('var/log/apt/'), directory('etc/')];
    const entry = tarEntry({ name: 'etc/ld.so.preload' }, 'evil');
    const [honest, hiding] = [
      imageFor(AMD64, [layerOf(tarOf(...dirs))]),
      imageFor(AMD64, [layerOf(tarOf(...dirs, paxHeader([['path', 'var/log/apt/x']], 'g'), entry))]),
    ];
    const { status, stdout } = await varve('compare', indexOf(honest), indexOf(hiding), '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('etc/ld.so.preload')]);
    expect(stdout).not.toContain('var/log/apt/x');
    expect(stdout).toContain('pax-global-header');
  });

  it('is nothing that a global header parts from its entry: engines drop a name that stands before it', async () => {
    const { varve } = varveWith();
    const dirs = [directory('var/'), directory('var/log/'), directory('var/log/apt/'), directory('etc/')];
    const hidden = [
      paxHeader([['path', 'var/log/apt/x']]),
      paxHeader([['comment', 'c']], 'g'),
      tarEntry({ name: 'etc/ld.so.preload' }, 'evil'),
    ];
    const [honest, hiding] = [
      imageFor(AMD64, [layerOf(tarOf(...dirs))]),
      imageFor(AMD64, [layerOf(tarOf(...dirs, ...hidden))]),
    ];
    const { status, stdout } = await varve('compare', indexOf(honest), indexOf(hiding), '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('etc/ld.so.preload')]);
  });
});

it('a time to stop of 0, which kills at once, is not "no change" from none', async () => {
  const { varve } = varveWith();
  const stopping = imageFor(AMD64, [base, app], { config: { config: { StopTimeout: 0 } } });
  const { status, stdout } = await varve('compare', indexOf(image), indexOf(stopping), '--exit-code');
  expect([status, stdout]).toEqual([1, expect.stringContaining('StopTimeout')]);
});

it.each([
  ['Volumes', { '/app': null }],
  ['ExposedPorts', { '80/tcp': null }],
  ['Labels', { name: null }],
  ['User', 0],
  ['WorkingDir', false],
  ['Labels', []],
  ['Entrypoint', ''],
  ['Env', {}],
])(
  'a setting that engines do not take for an empty one is not "no change" from none: %s %j',
  async (field, value) => {
    const [none, stated] = [{}, { [field]: value }].map((config) =>
      indexOf(imageFor(AMD64, [base, app], { config: { config } })),
    ) as [string, string];
    const { varve } = varveWith();
    for (const sides of [
      [none, stated],
      [stated, none],
    ] as const) {
      const { status, stdout, stderr } = await varve('compare', ...sides, '--exit-code');
      expect([status, stdout, stderr]).toEqual([1, expect.stringContaining('1 config change'), '']);
    }
  },
);

describe('what the manifest says of the same bytes', () => {
  type Said = Record<string, unknown>;
  const described = (said: Said, layer: MadeLayer = app): MadeImage =>
    imageFor(AMD64, [
      base,
      { ...layer, descriptor: { ...layer.descriptor, ...said } as typeof layer.descriptor },
    ]);
  const annotated = (...entries: [string, string][]): Said => ({ annotations: Object.fromEntries(entries) });
  const chunked = 'io.github.containers.zstd-chunked.manifest';
  const OCI = 'application/vnd.oci.image.layer.v1.tar';
  const cases: [what: string, code: string, base: Said, target: Said][] = [
    [
      'a table of contents',
      'engine-annotation',
      annotated([`${chunked}-checksum`, 'sha256:a'], [`${chunked}-position`, '10:20:30:1']),
      annotated([`${chunked}-checksum`, 'sha256:b'], [`${chunked}-position`, '60:20:30:1']),
    ],
    ...[
      `${chunked}-checksum`,
      'io.github.containers.zstd-chunked.tarsplit-position',
      'containerd.io/snapshot/stargz/toc.digest',
      'io.containers.estargz.uncompressed-size',
      'containerd.io/snapshot/nydus-bootstrap',
      'containerd.io/snapshot/overlaybd/blob-digest',
    ].map((name): (typeof cases)[number] => [name, 'engine-annotation', {}, annotated([name, '1'])]),
    ...[
      `${OCI}+gzip+encrypted`,
      `${OCI}+zstd`,
      OCI,
      'application/octet-stream',
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
      '',
    ].map((mediaType): (typeof cases)[number] => [
      `the type ${JSON.stringify(mediaType)}`,
      'media-type',
      { mediaType: `${OCI}+gzip` },
      { mediaType },
    ]),
  ];
  it.each(cases)('is never "no change" where engines act on it: %s', async (_, code, before, after) => {
    const { varve } = varveWith();
    const [one, two] = [indexOf(described(before)), indexOf(described(after))];
    const { status, stdout } = await varve('compare', one, two, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('? no change found, files not compared')]);
    expect(flat(stdout)).toMatch(new RegExp(`files of layer 1 of the target not compared.*${code}`));
    expect((await varve('compare', two, one, '--exit-code')).status).toBe(1);
    expect((await varve('compare', two, two, '--exit-code')).status).toBe(0);
  });

  it('is compared with what a history has', async () => {
    const { varve, store } = varveWith();
    const run = (image: MadeImage) =>
      varve('snapshot', indexOf(image), '--name', 'app', '--baseline', `dir:${store}`);
    await run(described({}));
    const { stdout } = await run(described(annotated([`${chunked}-checksum`, 'sha256:a'])));
    expect(stdout).toContain('? no change found, files not compared');
    const { status } = await varve('compare', 'history:app~1', 'history:app', '--exit-code');
    expect(status).toBe(1);
  });

  it.each<[string, Said]>([
    ['a type of a chart', { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' } }],
    ['an empty type', { config: { mediaType: 'application/vnd.oci.empty.v1+json' } }],
    ['an option of the runtime', { annotations: { 'run.oci.handler': 'krun' } }],
    ['a command for systemd', { annotations: { 'org.systemd.property.ExecStopPost': "['/bin/x']" } }],
    ['an annotation that nobody lists', { annotations: { 'com.example.any': 'thing' } }],
    ['an index of files', { annotations: { 'com.amazon.soci.index-digest': 'sha256:a' } }],
  ])('is never "no change" where it is of the whole image: %s', async (_, said) => {
    const { varve } = varveWith();
    const { config } = JSON.parse(image.bytes.toString());
    const manifest = 'config' in said ? { config: { ...config, ...(said.config as object) } } : said;
    const other = imageFor(AMD64, [base, app], { manifest });
    const layout = `oci:${writeFolder(place('layout'), layoutFiles([other.descriptor], other.blobs))}`;
    const { status, stdout } = await varve('compare', indexOf(image), layout, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('not compared')]);
  });

  it.each<[string, Said, Said, MadeLayer?]>([
    ['a title', {}, annotated(['org.opencontainers.image.title', 'app'])],
    ['a time of the build', {}, annotated(['buildkit/rewritten-timestamp', '0'])],
    ['a note of containerd', {}, annotated(['containerd.io/uncompressed', app.diffId])],
    ['the type of Docker', {}, { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
    [
      'the table of contents of another blob',
      annotated(['containerd.io/snapshot/stargz/toc.digest', 'sha256:a']),
      annotated(['containerd.io/snapshot/stargz/toc.digest', 'sha256:b']),
      layerOf(app.tar, 'zstd'),
    ],
  ])('is nothing where engines make the same of it: %s', async (_, before, after, layer) => {
    const { varve } = varveWith();
    const sides = [indexOf(described(before)), indexOf(described(after, layer))];
    const { status, stdout } = await varve('compare', ...sides, '--exit-code');
    expect([status, stdout]).toEqual([0, expect.stringContaining('✓ no change')]);
  });
});

describe('what a store lost', () => {
  const edited = imageFor(AMD64, [base, app], { config: { config: { Env: ['PATH=/sbin'] } } });
  const later = imageFor(AMD64, [base, newer]);
  const surface = (store: string, ...path: string[]) =>
    rmSync(join(store, 'scanner/surface', ...path), { recursive: true });
  const lose = (store: string, kind: string, whole: boolean): void => {
    surface(store, 'payloads/tenants/default', kind);
    if (whole) surface(store, 'manifests/tenants/default', kind);
  };

  const histories = async (target: MadeImage, kind: string, whole: boolean) => {
    const { varve, store } = varveWith();
    const run = (reference: string, root: string) =>
      runVarve(['snapshot', reference, '--name', 'app', '--cas-root', root, '--baseline', `dir:${store}`]);
    await run(writeIndexed(place('base'), [image]), store);
    lose(store, kind, whole);
    const compared = await run(writeIndexed(place('target'), [target]), place('own'));
    return { compared, varve };
  };

  describe.each([
    ['its payload', false],
    ['all of it', true],
  ])('of the baseline, %s', (_, whole) => {
    it('is not compared and named: a config', async () => {
      const { compared } = await histories(edited, 'image.config', whole);
      expect(compared.status).toBe(0);
      expect(compared.stdout).toContain('? no change found, config not compared');
      expect(flat(compared.stdout)).toContain(
        `config not compared: the config ${'`'}${image.config.digest}${'`'} of the baseline is no longer in the store`,
      );
      expect(compared.stdout).not.toContain('config changed');
    });

    it('is not compared and named: an inventory', async () => {
      const { compared } = await histories(later, 'layer.files', whole);
      expect(compared.stdout).toContain('? 1 layer rebuilt, files not compared');
      expect(flat(compared.stdout)).toMatch(/files not compared: the inventory of layer 1 of the/);
    });

    it('is missed only where there are two: a manifest', async () => {
      const { compared } = await histories(image, 'image.manifest', whole);
      expect(compared.stdout).toContain('✓ no change');
      const { compared: changed } = await histories(edited, 'image.manifest', whole);
      expect(changed.stdout).toContain('Δ 1 config change, manifest not compared');
    });

    it('makes a first run that says so: a snapshot', async () => {
      const { compared } = await histories(image, 'image.snapshot', whole);
      expect(flat(compared.stdout)).toMatch(/cannot be used .*has no snapshot/);
      expect(compared.stdout).not.toContain('no change');
    });
  });

  it('is not compared where only the store speaks, and the exit code says so', async () => {
    const { varve, store } = varveWith();
    for (const each of [image, edited])
      await varve('snapshot', writeIndexed(place('image'), [each]), '--name', 'app');
    lose(store, 'image.config', true);
    const compare = ['compare', 'history:app~1', 'history:app', '--exit-code'];
    const { status, stdout } = await varve(...compare, '--format', 'json');
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      {
        changed: true,
        config: null,
        sections: {
          uncompared: {
            items: [
              { what: 'config', why: 'lost', side: 'base', digest: image.config.digest },
              { what: 'config', why: 'lost', side: 'target', digest: edited.config.digest },
            ],
          },
        },
      },
    ]);
    expect((await varve('compare', 'history:app', 'history:app', '--exit-code')).status).toBe(0);
  });
});

describe('what is ignored', () => {
  const layered = (...layers: readonly MadeLayer[]): string =>
    writeIndexed(place('image'), [imageFor(AMD64, [base, ...layers])]);
  const entries = (...parts: readonly Buffer[]): MadeLayer => layerOf(tarOf(...parts));
  const file = (name: string, content: string | Buffer, more: HeaderFields = {}): Buffer =>
    tarEntry({ name, ...more }, content);

  it('is not code that Node compiled, which it runs as it is there', async () => {
    const { varve } = varveWith();
    const compiled = (text: string) =>
      layered(entries(file('tmp/node-compile-cache/v24.1.0-x64/a.cache', text)));
    const { status, stdout } = await varve('compare', compiled('one'), compiled('two'), '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('node-compile-cache')]);
  });

  it('is not said by a settings file or patterns that are made to keep one waiting', async () => {
    const settings = join(folder('settings'), 'varve.yml');
    for (const text of [
      '"'.repeat(100_000),
      `ignore: [${'x,'.repeat(5_000)}]`,
      'ignore: ["+(a|aa)b"]',
      `ignore: ${'['.repeat(10_000)}`,
    ]) {
      writeFileSync(settings, text);
      const compare = ['compare', indexOf(image), indexOf(image), '--config', settings];
      const { status, stderr } = await runVarve(compare);
      expect([status, stderr]).toEqual([2, expect.stringContaining('bad-option')]);
    }
  });

  it('is counted with the pattern that hides it, apart from what is volatile', async () => {
    const { varve } = varveWith();
    const made = (text: string) => {
      const layer = entries(
        file('app/main', text),
        file('app/more', text),
        file('etc/motd', text),
        file('var/log/dpkg.log', text),
      );
      return writeIndexed(place('image'), [
        imageFor(AMD64, [base, layer], { config: { config: { User: text } } }),
      ]);
    };
    const ignore = ['--ignore', 'app/**', '--ignore', 'etc/**', '--ignore', '/config/**'];
    const compare = ['compare', made('one'), made('two'), '--exit-code', ...ignore];
    const { status, stdout } = await varve(...compare);
    expect(status).toBe(0);
    const told = '4 differences ignored by `ignore`';
    expect(stdout).toContain(
      `1 layer rebuilt, nothing differs but files that do not count, 4 differences ignored:`,
    );
    expect(stdout).toContain(`${told}: \`app/**\` (2), \`etc/**\` (1), \`/config/**\` (1)`);
    expect((await varve(...compare, '--all')).stdout).toContain('Files  1 volatile, not counted; 3 ignored');
    const markdown = (await varve(...compare, '--format', 'markdown')).stdout;
    expect(markdown).toContain('4 differences ignored by');
    expect(markdown).toMatch(/`app\/\*\*` \(2\), `etc\/\*\*` \(1\), `\/config\/\*\*` \(1\)/);
    const json = JSON.parse((await varve(...compare, '--format', 'json')).stdout);
    expect(json).toMatchObject({
      changed: false,
      files: { added: 0, modified: 0, removed: 0, volatile: 4 },
      sections: {
        ignored: {
          files: 3,
          config: 1,
          rules: [
            { pattern: 'app/**', files: 2, config: 0 },
            { pattern: 'etc/**', files: 1, config: 0 },
            { pattern: '/config/**', files: 0, config: 1 },
          ],
        },
      },
    });
    const config = ['compare', made('one'), made('one'), '--ignore', '**'];
    expect(JSON.parse((await varve(...config, '--format', 'json')).stdout).sections).toEqual({});
  });

  it('is told where it is all there is', async () => {
    const { varve } = varveWith();
    const made = (user: string) =>
      writeIndexed(place('image'), [imageFor(AMD64, [base], { config: { config: { User: user } } })]);
    const { stdout } = await varve('compare', made('one'), made('two'), '--ignore', '/config/**');
    expect(stdout).toContain('✓ no change that counts, 1 difference ignored: ');
  });

  const capability = paxHeader([['SCHILY.xattr.security.capability', Buffer.from([1, 0, 0, 2])]]);
  it.each<[string, string, (path: string) => readonly Buffer[]]>([
    ['a setuid program', 'var/cache/man/sh', (path) => [file(path, 'x', { mode: 0o4755 })]],
    [
      'a setuid file that nobody may run yet',
      'var/cache/man/sh',
      (path) => [file(path, 'x', { mode: 0o4644 })],
    ],
    ['a setgid file', 'var/log/apt/sh', (path) => [file(path, 'x', { mode: 0o2644 })]],
    ['a program', 'root/.npm/_logs/run', (path) => [file(path, 'x', { mode: 0o755 })]],
    ['a file with capabilities', 'var/cache/fontconfig/x', (path) => [capability, file(path, 'x')]],
    ['a symlink', 'var/log/dpkg.log', (name) => [tarEntry({ name, type: '2', link: '/etc/shadow' })]],
    ['a hard link', 'var/cache/man/x', (name) => [tarEntry({ name, type: '1', link: 'etc/secret' })]],
    ['a device', 'var/cache/man/sda', (name) => [tarEntry({ name, type: '4', major: 8, minor: 0 })]],
    ['a pipe', 'var/cache/man/pipe', (name) => [tarEntry({ name, type: '6' })]],
  ])('is never %s, whatever its path', async (_, path, parts) => {
    const { varve } = varveWith();
    const build = (text: string, ...more: readonly Buffer[]): string =>
      layered(entries(file('etc/secret', 'x'), file('var/log/apt/history.log', text), ...more));
    const [before, after] = [build('one'), build('two', ...parts(path))];
    const { status, stdout } = await varve('compare', before, after, '--exit-code', '--format', 'json');
    const found: readonly FileDifference[] = JSON.parse(stdout).files.entries;
    const pathsOf = (volatile: boolean) =>
      found.flatMap((entry) => ((entry.volatile ?? false) === volatile ? entry.path : []));
    expect(status).toBe(1);
    expect(pathsOf(false)).toContain(path);
    expect(pathsOf(true)).toContain('var/log/apt/history.log');
  });

  describe('of compiled Python', () => {
    /** What Python makes of a source of this time. */
    const codeOf = (stated: number, code: string, flags = 0): Buffer => {
      const bytes = Buffer.alloc(16 + code.length);
      bytes.write('\xf3\x0d\x0d\x0a', 'latin1');
      bytes.writeUInt32LE(flags, 4);
      bytes.writeUInt32LE(stated, 8);
      bytes.writeUInt32LE(3, 12);
      bytes.write(code, 16, 'latin1');
      return bytes;
    };
    const PYC = 'app/__pycache__/main.cpython-313.pyc';
    /** A layer with a source and its compiled file. */
    const compiled = (
      mtime: number,
      code: string,
      { stated = mtime, flags = 0 }: Partial<{ stated: number; flags: number }> = {},
    ) =>
      layered(
        entries(file('app/main.py', 'run', { mtime }), file(PYC, codeOf(stated, code, flags), { mtime })),
      );
    const one = compiled(1_000_000, 'the code of main');
    const retimed = compiled(2_000_000, 'the code of main');
    const swapped = compiled(2_000_000, 'an evil payload!');

    it('is what differs in nothing but the header, where both images are read', async () => {
      const { varve } = varveWith();
      const compare = (base: string, target: string) => varve('compare', base, target, '--exit-code');
      const same = await compare(one, retimed);
      expect([same.status, same.stdout]).toEqual([
        0,
        expect.stringContaining('nothing differs but volatile files'),
      ]);
      const other = await compare(one, swapped);
      expect([other.status, other.stdout]).toEqual([1, expect.stringContaining('1 file changed')]);
    });

    it('is not what lets Python take a file that it passed over, by another header', async () => {
      const { varve } = varveWith();
      const stale = { mtime: 1_000_000, stated: 7 };
      const image = ({ mtime, stated, flags }: { mtime: number; stated: number; flags?: number }) =>
        compiled(mtime, 'the code of main', { stated, ...(flags !== undefined && { flags }) });
      const compare = async (base: string, target: string) =>
        (await varve('compare', base, target, '--exit-code')).status;
      expect(await compare(image(stale), image({ ...stale, stated: 1_000_000 }))).toBe(1);
      expect(await compare(image(stale), image({ ...stale, flags: 1 }))).toBe(1);
      expect(await compare(image(stale), image({ ...stale, stated: 8 }))).toBe(0);
    });

    const TAKEN = 1_700_000_000;
    const source = file('app/main.py', 'run', { mtime: TAKEN });
    const other = 'lib/__pycache__/main.cpython-313.pyc';
    const link = (name: string, target: string, more: HeaderFields = {}): Buffer =>
      tarEntry({ name, type: '2', link: target, ...more });
    const timed = (mtime: string): Buffer =>
      Buffer.concat([paxHeader([['mtime', mtime]]), file('app/main.py', 'run')]);
    it.each<[string, (code: (path: string) => Buffer) => readonly Buffer[], number?]>([
      [
        'through a symlink for its folder',
        (code) => [source, code(other), link('app/__pycache__', '../lib/__pycache__')],
      ],
      ['through a symlink', (code) => [source, code(other), link(PYC, `../../${other}`)]],
      [
        'through a hard link to a symlink',
        (code) => [source, code(other), link('s', `/${other}`), link(PYC, 's', { type: '1' })],
      ],
      [
        'of a source with two names, whose times differ',
        (code) => [
          file('app/main.py', 'run', { mtime: 50 }),
          code(PYC),
          link('more.py', 'app/main.py', { type: '1', mtime: TAKEN }),
        ],
      ],
      ['of a source from before 1970, which engines set to 1970', (code) => [timed('-5'), code(PYC)], 0],
      [
        'of a source so late that file systems cannot keep the time',
        (code) => [timed('2147483700'), code(PYC)],
        2 ** 31 - 1,
      ],
      [
        'of a source whose time Python rounds up',
        (code) => [timed('1700000000.9999999'), code(PYC)],
        TAKEN + 1,
      ],
      [
        'of a source with a dot in its name',
        (code) => [
          file('app/main.conf.py', 'run', { mtime: TAKEN }),
          code('app/__pycache__/main.conf.cpython-313.opt-1.pyc'),
        ],
      ],
    ])('is not code that Python takes on one side alone: %s', async (_, parts, taken = TAKEN) => {
      const { varve, store } = varveWith();
      const built = (time: number): string =>
        layered(entries(...parts((path) => file(path, codeOf(time, 'an evil payload!')))));
      const [before, after] = [built(123), built(taken)];
      const { status, stdout } = await varve('compare', before, after, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('1 file changed')]);
      for (const each of [before, after])
        await varve('snapshot', each, '--name', 'app', '--baseline', `dir:${store}`);
      const history = await varve('compare', 'history:app~1', after, '--exit-code');
      expect([history.status, history.stdout]).toEqual([1, expect.stringContaining('1 file changed')]);
    });

    it('is what Python takes on both sides, whatever dots are in the name and fractions in the time', async () => {
      const { varve } = varveWith();
      const built = (fraction: string, time: number): string =>
        layered(
          entries(
            paxHeader([['mtime', fraction]]),
            file('app/main.conf.py', 'run'),
            file('app/__pycache__/main.conf.cpython-313.opt-1.pyc', codeOf(time, 'code')),
          ),
        );
      const compare = ['compare', built('1700000000.9999999', TAKEN + 1), built('1700000005.5', TAKEN + 5)];
      const { status, stdout } = await varve(...compare, '--exit-code');
      expect([status, stdout]).toEqual([0, expect.stringContaining('nothing differs but volatile files')]);
    });

    it('is what the time of the source explains, where the baseline is stored', async () => {
      const comparedWithStored = async (target: string) => {
        const { varve, store } = varveWith();
        const run = (image: string) =>
          varve('snapshot', image, '--name', 'app', '--baseline', `dir:${store}`);
        await run(one);
        return (await run(target)).stdout;
      };
      expect(await comparedWithStored(retimed)).toContain('nothing differs but volatile files');
      expect(await comparedWithStored(swapped)).toContain('1 file changed');
      expect(await comparedWithStored(compiled(2_000_000, 'the code of main', { flags: 1 }))).toContain(
        '1 file changed',
      );
    });

    it('counts where no image is at hand', async () => {
      const { varve } = varveWith();
      for (const image of [one, retimed]) await varve('snapshot', image, '--name', 'app');
      const { status, stdout } = await varve('compare', 'history:app~1', 'history:app', '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('1 file changed')]);
    });
  });
});
