import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createFileSources } from '../../src/adapters/sources/files/file-sources.ts';
import { createImageOpener } from '../../src/adapters/sources/image-opener.ts';
import { decode } from '../../src/base/compression/decode.ts';
import { digestOf } from '../../src/base/digest.ts';
import { VarveError } from '../../src/base/errors.ts';
import { readRange } from '../../src/base/file-range.ts';
import { ForwardReader } from '../../src/base/forward-reader.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.ts';
import type { LayerLocation, OpenedSource, SourceImage } from '../../src/core/image/image-source.ts';
import { formatReference, parseReference } from '../../src/core/image/reference.ts';
import { formatPlatform } from '../../src/core/words/platform.ts';
import {
  classicDockerFiles,
  containerdFiles,
  type FormFile,
  layoutFiles,
  named,
  oldDockerFiles,
  packFiles,
  writeFolder,
} from '../support/image-forms.ts';
import {
  type ImagePlan,
  type MadeBlob,
  type MadeImage,
  makeAttestation,
  makeImage,
  makeIndex,
  makeLayer,
  makeStatement,
} from '../support/image-maker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();

/** A way to keep an image in files. */
interface Form {
  readonly transport: 'oci' | 'oci-archive' | 'docker-archive';
  readonly files: (image: MadeImage) => FormFile[];
  readonly pack: (bytes: Buffer) => Buffer;
  /** The same image as an index names it, with more blobs next to it, where the form has room for them. */
  readonly attested: (image: MadeImage, index: MadeBlob, more: readonly MadeBlob[]) => FormFile[];
  /** Manifest and layers as they were distributed are there. */
  readonly distributed: boolean;
}

const layout = (image: MadeImage) =>
  layoutFiles([{ ...image.descriptor, ...named('docker.io/library/app:1', '1') }], image.blobs);
const asIs = (bytes: Buffer) => bytes;
const tagged = (index: MadeBlob) => ({ ...index.descriptor, ...named('docker.io/library/app:1', '1') });
const attestedLayout: Form['attested'] = (image, index, more) =>
  layoutFiles([tagged(index)], [...image.blobs, ...more]);
const ociArchive = {
  transport: 'oci-archive',
  files: layout,
  attested: attestedLayout,
  distributed: true,
} as const;
const old = {
  transport: 'docker-archive',
  files: oldDockerFiles,
  attested: (image: MadeImage) => oldDockerFiles(image),
  distributed: false,
} as const;

const FORMS: Record<string, Form> = {
  'OCI layout': {
    transport: 'oci',
    files: layout,
    attested: attestedLayout,
    pack: asIs,
    distributed: true,
  },
  'OCI archive': { ...ociArchive, pack: asIs },
  'OCI archive in gzip': { ...ociArchive, pack: (bytes) => gzipSync(bytes) },
  'OCI archive in zstd': { ...ociArchive, pack: (bytes) => zstdCompressSync(bytes) },
  'docker save up to 24': { ...old, pack: asIs },
  'docker save up to 24 in gzip': { ...old, pack: (bytes) => gzipSync(bytes) },
  'docker save of the classic store': {
    transport: 'docker-archive',
    files: classicDockerFiles,
    attested: (image) => classicDockerFiles(image),
    pack: asIs,
    distributed: false,
  },
  'docker save 25.0.0 with its broken manifest': {
    transport: 'docker-archive',
    files: (image) => classicDockerFiles(image, [], true),
    attested: (image) => classicDockerFiles(image, [], true),
    pack: asIs,
    distributed: false,
  },
  'docker save of a containerd store': {
    transport: 'docker-archive',
    files: containerdFiles,
    attested: (image, index, more) => containerdFiles(image, tagged(index), more),
    pack: asIs,
    distributed: true,
  },
};

async function write(form: Form, files: readonly FormFile[]): Promise<string> {
  const path = newPath(form.transport);
  if (form.transport === 'oci') return writeFolder(path, files);
  writeFileSync(path, form.pack(await packFiles(files)));
  return path;
}

const openerOf = (limits: Limits) => createImageOpener(createFileSources(limits), limits);
const open = (text: string, limits: Limits = DEFAULT_LIMITS): Promise<OpenedSource> =>
  openerOf(limits).open(text);

async function readOnly(text: string, limits?: Limits): Promise<SourceImage> {
  await using source = await open(text, limits);
  return await source.image(0);
}

/** The stored bytes of a layer, read as a worker reads them: from the location alone. */
async function readLocation(location: LayerLocation): Promise<Buffer> {
  if (location.kind === 'absent') throw new Error(location.reason);
  if (!('offset' in location)) throw new Error('these sources are files');
  const { path, offset, length } = location;
  if (location.kind === 'file') return collect(readRange(path, { offset, length }));
  await using reader = new ForwardReader(
    decode(readRange(path), { object: path, format: location.compression }),
    path,
  );
  return await collect(reader.range(offset, length));
}

async function collect(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

const base = await makeLayer({ 'etc/passwd': 'root', 'bin/sh': 'x'.repeat(3000) });
const app = await makeLayer({ 'app/main': 'console.log(1)' }, 'zstd');
const plain = await makeLayer({ 'app/more': '2' }, 'none');
/** One layer stands in it twice. */
const layers = [base, app, plain, app];
const image = makeImage(layers);
const plan = (change: ImagePlan) => makeImage(layers, change);

const without = (files: readonly FormFile[], name: string): FormFile[] =>
  files.filter((file) => file.name !== name);
const hasBytes = (file: FormFile): file is FormFile & { bytes: Buffer } => 'bytes' in file;

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  const firstLayer = () =>
    form
      .files(image)
      .find((file) => hasBytes(file) && file.bytes.equals(form.distributed ? base.bytes : base.tar));
  const configFile = () =>
    form.files(image).find((file) => hasBytes(file) && file.bytes.equals(image.config.bytes));

  it('gives the image: platform, config, layers and where their bytes are', async () => {
    const path = await write(form, form.files(image));
    await using source = await open(`${form.transport}:${path}`);
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64']);
    expect(source.absent).toEqual([]);
    expect(source.attachments).toEqual([]);
    const read = await source.image(0);
    expect(formatPlatform(read.platform)).toBe('linux/amd64');
    expect(read.config.digest).toBe(image.config.digest);
    expect(Buffer.from(read.config.bytes).equals(image.config.bytes)).toBe(true);
    expect(read.findings).toEqual([]);
    expect(read.layers.map(({ index, diffId }) => [index, diffId])).toEqual(
      layers.map(({ diffId }, index) => [index, diffId]),
    );
    for (const [index, layer] of read.layers.entries()) {
      const bytes = await readLocation(layer.location);
      const made = layers[index];
      expect(digestOf(bytes)).toBe(form.distributed ? made?.digest : made?.diffId);
      expect(layer.storedSize).toBe(bytes.length);
      expect([null, digestOf(bytes)]).toContain(layer.address);
    }
  });

  it('gives what is attached to the image, and reads it, where the form keeps such things', async () => {
    const attestation = makeAttestation(image.digest, [makeStatement([image.digest])]);
    const index = makeIndex([image.descriptor, attestation.descriptor]);
    const attested = [index, ...attestation.blobs];
    const path = await write(form, form.attested(image, index, attested));
    await using source = await open(`${form.transport}:${path}`);
    expect(source.digest).toBe(form.distributed ? index.digest : null);
    const { mediaType, digest, size } = attestation.descriptor;
    const listed = {
      kind: 'attestation',
      mediaType,
      digest,
      size,
      artifactType: null,
      subject: image.digest,
    };
    expect(source.attachments).toEqual(form.distributed ? [listed] : []);
    for (const { descriptor, bytes } of attestation.blobs) {
      const read = await source.readDocument({ ...descriptor, mediaType: String(descriptor.mediaType) });
      expect(read && Buffer.from(read)).toEqual(form.distributed ? bytes : null);
    }
    const absent = { mediaType: 'application/vnd.in-toto+json', digest: digestOf('absent'), size: 6 };
    expect(await source.readDocument(absent)).toBeNull();
  });

  it('gives out no document that is not what its descriptor says', async () => {
    if (!form.distributed) return;
    const statement = makeStatement([image.digest]);
    const other = { ...statement, bytes: Buffer.from(String(statement.bytes).replace('in-toto', 'in-tato')) };
    const index = makeIndex([image.descriptor]);
    const path = await write(form, form.attested(image, index, [index, other]));
    await using source = await open(`${form.transport}:${path}`);
    const descriptor = { mediaType: 'application/vnd.in-toto+json', ...statement.descriptor };
    await expect(source.readDocument(descriptor)).rejects.toMatchObject({ code: 'digest-mismatch' });
    await expect(source.readDocument({ ...descriptor, size: descriptor.size + 1 })).rejects.toMatchObject({
      code: 'size-mismatch',
    });
    await expect(source.readDocument({ ...descriptor, size: 2 ** 40 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('gives manifest, digests and sizes as they were distributed, or none', async () => {
    const read = await readOnly(`${form.transport}:${await write(form, form.files(image))}`);
    const known = read.layers.map(({ digest, size, mediaType }) => ({ digest, size, mediaType }));
    if (form.distributed) {
      expect(read.manifest?.digest).toBe(image.digest);
      expect(Buffer.from(read.manifest?.bytes ?? []).equals(image.bytes)).toBe(true);
      expect(known).toEqual(layers.map(({ descriptor }) => descriptor));
    } else {
      expect(read.manifest).toBeNull();
      expect(known).toEqual(layers.map(() => ({ digest: null, size: null, mediaType: null })));
    }
  });

  it('is told by its content, whatever its name', async () => {
    const path = await write(form, form.files(image));
    await using source = await open(path);
    const { transport } = parseReference(source.reference, existsSync);
    expect(
      form.distributed && form.transport !== 'oci' ? ['oci-archive', 'docker-archive'] : [form.transport],
    ).toContain(transport);
    expect((await source.image(0)).layers.map(({ diffId }) => diffId)).toEqual(
      layers.map(({ diffId }) => diffId),
    );
  });

  it('says under which reference it was opened', async () => {
    const text = `${form.transport}:${await write(form, form.files(image))}`;
    await using source = await open(text);
    expect(source.reference).toBe(text);
    const parsed = parseReference(source.reference, existsSync);
    expect(parsed.transport === null ? null : formatReference(parsed)).toBe(text);
  });

  it('has nothing at a path where nothing is', async () => {
    await expect(open(`${form.transport}:${newPath()}`)).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('has no image of another name, and says what there is', async () => {
    const path = await write(form, form.files(image));
    await expect(open(`${form.transport}:${path}:other:1`)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringContaining(path),
    });
  });

  it('opens although a layer is missing, which is an error only when it is read', async () => {
    const gone = firstLayer();
    expect(gone).toBeDefined();
    const files = form.files(image).filter((file) => file.name !== gone?.name);
    const read = await readOnly(`${form.transport}:${await write(form, files)}`);
    expect(read.layers.map(({ location }) => location.kind !== 'absent')).toEqual([false, true, true, true]);
    expect(read.layers[0]?.location).toMatchObject({
      kind: 'absent',
      reason: expect.stringMatching(/not there/),
    });
  });

  it('names the config when it is missing', async () => {
    const name = configFile()?.name ?? '';
    await expect(
      readOnly(`${form.transport}:${await write(form, without(form.files(image), name))}`),
    ).rejects.toMatchObject({ code: 'blob-missing' });
  });

  it('finds each damaged byte of its documents, and loses nothing else', async () => {
    const documents = form.files(image).filter((file) => hasBytes(file) && file.bytes[0] === 0x7b);
    const verified = documents.filter(({ name }) => name.startsWith('blobs/') || name === configFile()?.name);
    const used = form.distributed ? verified : verified.filter(({ name }) => name === configFile()?.name);
    expect(used.length).toBeGreaterThan(0);
    for (const { name } of used) {
      const files = form.files(image).map((file) => {
        if (file.name !== name || !hasBytes(file)) return file;
        const bytes = Buffer.from(file.bytes);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        return { name, bytes };
      });
      const read = readOnly(`${form.transport}:${await write(form, files)}`);
      if (form.distributed || name.startsWith('blobs/')) {
        await expect(read).rejects.toMatchObject({
          code: 'digest-mismatch',
          message: expect.stringContaining(digestOf(Buffer.alloc(0)).slice(0, 7)),
        });
      } else {
        const { findings } = await read;
        expect(findings).toContainEqual(expect.objectContaining({ code: 'config-misnamed' }));
      }
    }
  });

  it('refuses documents over the limit', async () => {
    const path = await write(form, form.files(plan({ config: { padding: 'x'.repeat(5000) } })));
    await expect(
      readOnly(`${form.transport}:${path}`, { ...DEFAULT_LIMITS, jsonBytes: 5000 }),
    ).rejects.toMatchObject({
      code: 'limit-exceeded',
      hint: expect.stringContaining('--max-json-bytes'),
    });
  });

  it.each([
    ['fewer', layers.slice(1)],
    ['more', [...layers, base]],
  ])('refuses a config of %s layers', async (_, claimed) => {
    const diff_ids = claimed.map(({ diffId }) => diffId);
    const files = form.files(plan({ config: { rootfs: { type: 'layers', diff_ids } } }));
    await expect(readOnly(`${form.transport}:${await write(form, files)}`)).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('reads an image without layers', async () => {
    const read = await readOnly(`${form.transport}:${await write(form, form.files(makeImage([])))}`);
    expect(read.layers).toEqual([]);
  });

  it('says what is odd about the history', async () => {
    const files = form.files(plan({ config: { history: [{ created_by: 'RUN a' }] } }));
    const read = await readOnly(`${form.transport}:${await write(form, files)}`);
    expect(read.findings).toEqual([expect.objectContaining({ code: 'history-mismatch' })]);
  });

  it('passes over entries that lead out, and says so', async () => {
    if (form.transport === 'oci') return;
    const evil: FormFile[] = [
      { name: '../../etc/passwd', bytes: Buffer.from('x') },
      { name: 'a/../../b', bytes: Buffer.from('x') },
    ];
    const read = await readOnly(`${form.transport}:${await write(form, [...form.files(image), ...evil])}`);
    expect(read.findings).toEqual([
      expect.objectContaining({ code: 'escaping-entry', detail: expect.stringMatching(/^2 /) }),
    ]);
  });

  it.each(['manifest.json', 'index.json', 'oci-layout'])('refuses an archive with %s twice', async (name) => {
    const files = form.files(image);
    const document = files.find((file) => file.name === name);
    if (form.transport === 'oci' || document === undefined) return;
    await expect(open(`${form.transport}:${await write(form, [...files, document])}`)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(name),
    });
  });

  it('says of an archive that is cut off that it is, wherever that happened', async () => {
    if (form.transport === 'oci') return;
    const whole = readFileSync(await write(form, form.files(image)));
    const path = newPath('cut');
    const step = Math.max(1, Math.floor(whole.length / 97));
    for (let length = 0; length < whole.length - 1024; length += step) {
      writeFileSync(path, whole.subarray(0, length));
      const fault = await readOnly(`${form.transport}:${path}`).then(
        (read) => {
          const locations = read.layers.map(({ location }) => location);
          if (locations.some(({ kind }) => kind === 'absent')) return 'absent';
          // Nothing says so when the cut is behind all that is needed.
          const end = Math.max(
            ...locations.map((at) => (at.kind === 'file' ? at.offset + at.length : Infinity)),
          );
          return end <= length ? 'whole' : 'beyond the end';
        },
        (error: unknown) => (error instanceof VarveError ? error.code : error),
      );
      const expected = ['truncated', 'blob-missing', 'absent', 'whole'];
      expect(length < 512 ? [...expected, 'malformed'] : expected).toContain(fault);
      if (form.pack !== asIs && length >= 512) expect(fault).toBe('truncated');
    }
  });
});

describe('all forms', () => {
  it('give equal layers of the same image', async () => {
    const seen = new Set<string>();
    for (const form of Object.values(FORMS)) {
      const read = await readOnly(`${form.transport}:${await write(form, form.files(image))}`);
      seen.add(JSON.stringify([read.platform, read.config.digest, read.layers.map(({ diffId }) => diffId)]));
    }
    expect([...seen]).toHaveLength(1);
  });

  it('keep the manifest wherever it was distributed', async () => {
    const distributed = Object.values(FORMS).filter((form) => form.distributed);
    const seen = new Set<string>();
    for (const form of distributed) {
      const read = await readOnly(`${form.transport}:${await write(form, form.files(image))}`);
      const { manifest, layers: read_ } = read;
      seen.add(
        JSON.stringify([
          manifest?.digest,
          manifest?.mediaType,
          read_.map(({ digest, size }) => [digest, size]),
        ]),
      );
    }
    expect([...seen]).toHaveLength(1);
  });
});
