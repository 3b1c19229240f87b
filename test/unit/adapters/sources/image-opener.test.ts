import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileSources } from '../../../../src/adapters/sources/files/file-sources.ts';
import { createImageOpener } from '../../../../src/adapters/sources/image-opener.ts';
import { VarveError } from '../../../../src/base/errors.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import type { ImageSource, OpenedSource } from '../../../../src/core/image/image-source.ts';
import { formatReference, parseReference, type Transport } from '../../../../src/core/image/reference.ts';
import { layoutFiles, named, oldDockerFiles, packFiles, writeFolder } from '../../../support/image-forms.ts';
import { makeImage, makeLayer } from '../../../support/image-maker.ts';

const before = process.cwd();
const root = realpathSync(mkdtempSync(join(tmpdir(), 'varve-test-')));
const image = makeImage([await makeLayer({ a: '1' })]);
const layout = layoutFiles([{ ...image.descriptor, ...named('docker.io/library/app:1', '1') }], image.blobs);

beforeAll(async () => {
  process.chdir(root);
  writeFolder('layout', layout);
  writeFolder('with:colon', layout);
  writeFolder('folder', [{ name: 'README', bytes: Buffer.from('x') }]);
  writeFileSync('image.tar', await packFiles(oldDockerFiles(image)));
  writeFileSync('cut.tar', (await packFiles(oldDockerFiles(image))).subarray(0, 1000));
  writeFileSync('text', 'hello');
});

afterAll(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

/** A source that has the images of some names, and tells what it was asked for. */
function namedSource(transport: Transport, names: readonly string[], asked: string[] = []): ImageSource {
  return {
    prefix: transport === 'docker' ? 'docker://' : `${transport}:`,
    open: async (reference) => {
      const parsed = parseReference(reference);
      const text = parsed.transport === null ? reference : formatReference(parsed);
      asked.push(text);
      if (!names.includes(text)) throw new VarveError('image-not-found', `no ${text}`);
      const opened: OpenedSource = {
        reference: text,
        embeddedName: null,
        platforms: [],
        digest: null,
        readDocument: async () => null,
        absent: [],
        attachments: [],
        image: () => Promise.reject(new Error('not asked for')),
        [Symbol.asyncDispose]: async () => {},
      };
      return opened;
    },
  };
}

async function resolve(text: string, ...more: ImageSource[]): Promise<string> {
  const opener = createImageOpener([...createFileSources(DEFAULT_LIMITS), ...more], DEFAULT_LIMITS);
  await using source = await opener.open(text);
  return source.reference;
}

describe('what a user names', () => {
  it.each([
    ['./layout', 'oci:./layout'],
    ['./layout:1', 'oci:./layout:1'],
    ['./layout:app:1', 'oci:./layout:app:1'],
    [`./layout@${image.digest}`, `oci:./layout@${image.digest}`],
    ['./image.tar', 'docker-archive:./image.tar'],
    ['./image.tar:app:1', 'docker-archive:./image.tar:app:1'],
    ['./with:colon', 'oci:./with:colon'],
    ['./with:colon:1', 'oci:./with:colon:1'],
    ['oci:with:colon:1', 'oci:with:colon:1'],
    ['layout', 'oci:layout'],
    ['image.tar', 'docker-archive:image.tar'],
  ])('%s is %s', async (text, reference) => {
    expect(await resolve(text)).toBe(reference);
  });

  it('is a file before it is an image of the engine, and that before one of a registry', async () => {
    const asked: string[] = [];
    const daemon = namedSource('docker-daemon', ['docker-daemon:layout', 'docker-daemon:both:1'], asked);
    const registry = namedSource(
      'docker',
      ['docker://docker.io/library/both:1', 'docker://docker.io/library/remote'],
      asked,
    );
    expect(await resolve('layout', registry, daemon)).toBe('oci:layout');
    expect(asked).toEqual([]);
    expect(await resolve('both:1', registry, daemon)).toBe('docker-daemon:both:1');
    expect(await resolve('remote', registry, daemon)).toBe('docker://docker.io/library/remote');
    expect(await resolve('./layout', registry, daemon)).toBe('oci:./layout');
    await expect(resolve('./remote', registry, daemon)).rejects.toMatchObject({ code: 'image-not-found' });
    await expect(resolve('nowhere', registry, daemon)).rejects.toMatchObject({
      message: 'there is no file or image nowhere',
      cause: { message: /docker:\/\/.*nowhere/ },
    });
  });

  it('is no file where the file of that name is no image', async () => {
    const registry = namedSource('docker', [
      'docker://docker.io/library/text',
      'docker://docker.io/library/folder',
    ]);
    expect(await resolve('text', registry)).toBe('docker://docker.io/library/text');
    expect(await resolve('folder', registry)).toBe('docker://docker.io/library/folder');
    await expect(resolve('text')).rejects.toMatchObject({ code: 'malformed' });
    await expect(resolve('folder')).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('is a file where the image in it is damaged: nothing else is tried', async () => {
    const registry = namedSource('docker', ['docker://docker.io/library/cut.tar']);
    await expect(resolve('cut.tar', registry)).rejects.toMatchObject({ code: 'truncated' });
  });

  const failing = (transport: 'docker-daemon' | 'docker', fault: VarveError): ImageSource => ({
    prefix: transport === 'docker' ? 'docker://' : `${transport}:`,
    open: () => Promise.reject(fault),
  });

  it.each(['unreachable', 'denied'] as const)(
    'goes on to the registry where the engine is %s',
    async (code) => {
      const registry = namedSource('docker', ['docker://docker.io/library/app']);
      const engine = failing('docker-daemon', new VarveError(code, 'no engine'));
      await expect(resolve('app', engine, registry)).resolves.toBe('docker://docker.io/library/app');
    },
  );

  it('stops at an engine whose image is damaged', async () => {
    const registry = namedSource('docker', ['docker://docker.io/library/app']);
    const engine = failing('docker-daemon', new VarveError('digest-mismatch', 'another image'));
    await expect(resolve('app', engine, registry)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('tells of the engine too, where the image should have been, when nothing is found', async () => {
    const engine = failing(
      'docker-daemon',
      new VarveError('image-not-found', 'not here', { hint: 'load it' }),
    );
    const registry = failing('docker', new VarveError('unreachable', 'no network', { hint: 'plug it in' }));
    await expect(resolve('app', engine, registry)).rejects.toMatchObject({
      code: 'unreachable',
      message: 'there is no file or image app here, and Docker Hub cannot be reached',
      cause: { message: 'no network' },
      hint: 'not here; load it',
    });
  });

  it.each(['docker://alpine', 'docker-daemon:alpine'])(
    '%s is refused where its source is left out',
    async (text) => {
      await expect(resolve(text)).rejects.toMatchObject({
        code: 'bad-reference',
        message: expect.stringMatching(/not supported, only oci:, oci-archive:, docker-archive:/),
        hint: expect.stringContaining('docker save'),
      });
    },
  );

  it('says what to do where nothing is', async () => {
    for (const text of ['alpine', './alpine', 'oci:alpine', 'docker-archive:alpine.tar']) {
      await expect(resolve(text)).rejects.toMatchObject({
        code: 'image-not-found',
        hint: expect.stringMatching(/\S/),
      });
    }
  });
});
