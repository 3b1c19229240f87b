import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../src/base/digest.ts';
import { type ErrorCode, VarveError } from '../../../../src/base/errors.ts';
import type { BuiltImage } from '../../../../src/core/image/built-image.ts';
import type { ImageOpener, OpenedSource } from '../../../../src/core/image/image-source.ts';
import { openFirst } from '../../../../src/flows/image/open-first.ts';
import { makeSourceImage } from '../../../support/source-makers.ts';

const image = makeSourceImage([]);
const index = digestOf('the index');
const built = (changes: Partial<BuiltImage> = {}): BuiltImage => ({
  object: 'metadata.json',
  names: [],
  digest: index,
  configDigest: null,
  provenances: [],
  ...changes,
});

interface Place {
  /** Of the index; null where the place has none. */
  readonly root?: Digest | null;
  readonly platforms?: number;
  readonly fault?: ErrorCode;
}

/** Some places, and what was done with them. */
function placesOf(places: Readonly<Record<string, Place>>): ImageOpener & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    async open(reference) {
      log.push(`open ${reference}`);
      const {
        root = null,
        platforms = 1,
        fault,
      } = places[reference] ?? { fault: 'image-not-found' as const };
      if (fault !== undefined) throw new VarveError(fault, `${reference}: ${fault}`);
      const source: OpenedSource = {
        reference,
        digest: root,
        embeddedName: null,
        platforms: Array.from({ length: platforms }, () => image.platform),
        absent: [],
        attachments: [],
        image: async () => image,
        readDocument: async () => null,
        [Symbol.asyncDispose]: async () => {
          log.push(`close ${reference}`);
        },
      };
      return source;
    },
  };
}

const fault = (promise: Promise<unknown>): Promise<VarveError> =>
  promise.then(
    () => Promise.reject(new Error('it was opened')),
    (error: VarveError) => error,
  );

describe('the first image of several references', () => {
  it('is the first that is there, and no fault but absence lets look further', async () => {
    const opener = placesOf({ b: {}, broken: { fault: 'malformed' }, far: { fault: 'unreachable' } });
    expect((await openFirst(opener, ['a', 'b', 'c'])).reference).toBe('b');
    expect(opener.log).toEqual(['open a', 'open b']);
    await expect(openFirst(opener, ['broken', 'b'])).rejects.toMatchObject({ code: 'malformed' });
    await expect(openFirst(opener, ['far', 'b'])).rejects.toMatchObject({ code: 'unreachable' });
    await expect(openFirst(opener, ['a', 'c'])).rejects.toMatchObject({ message: 'c: image-not-found' });
    await expect(openFirst(opener, [])).rejects.toMatchObject({ code: 'bad-option' });
  });
});

describe('the image that a build made', () => {
  it('is looked for past an engine that is out of reach, or has an older one', async () => {
    const opener = placesOf({
      'docker-daemon:a': { fault: 'unreachable' },
      'docker-daemon:b': { root: digestOf('older') },
      'docker://c': { root: index, platforms: 3 },
    });
    const places = ['docker-daemon:a', 'docker-daemon:b', 'docker://c', 'docker://d'];
    expect((await openFirst(opener, places, built())).reference).toBe('docker://c');
    expect(opener.log).toEqual([
      'open docker-daemon:a',
      'open docker-daemon:b',
      'close docker-daemon:b',
      'open docker://c',
    ]);
  });

  it.each<[string, Partial<BuiltImage>]>([
    ['manifest', { digest: image.manifest?.digest ?? index }],
    ['config, which engines take as the digest', { digest: image.config.digest }],
    ['config', { configDigest: image.config.digest }],
  ])('is known by its %s where it stands alone', async (_, changes) => {
    const opened = await openFirst(placesOf({ alone: {} }), ['alone'], built(changes));
    expect(opened.reference).toBe('alone');
    const several = placesOf({ several: { root: digestOf('other'), platforms: 2 } });
    await expect(openFirst(several, ['several'], built(changes))).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });

  it('is not what stands there under its name: both digests are told', async () => {
    const older = digestOf('older');
    const opener = placesOf({ 'docker-daemon:b': { root: older, platforms: 2 } });
    const error = await fault(openFirst(opener, ['docker-daemon:b', 'docker://c'], built()));
    expect(error).toMatchObject({ code: 'digest-mismatch', hint: expect.stringContaining('load: true') });
    expect(error.message).toContain(older);
    expect(error.message).toContain(index);
    expect(opener.log).toEqual(['open docker-daemon:b', 'close docker-daemon:b', 'open docker://c']);
  });

  it('that is nowhere is said to be so of each place, the gravest fault first', async () => {
    const opener = placesOf({ b: { fault: 'denied' } });
    const error = await fault(openFirst(opener, ['a', 'b', 'c'], built()));
    expect(error).toMatchObject({ code: 'denied', hint: expect.stringContaining('push: true') });
    for (const place of ['a: image-not-found', 'b: denied', 'c: image-not-found']) {
      expect(error.message).toContain(place);
    }
    const many = await fault(openFirst(opener, Array.from('defghijk'), built()));
    expect(many).toMatchObject({ code: 'image-not-found', message: expect.stringMatching(/; and 2 more$/) });
    const [only] = [await fault(openFirst(opener, ['b'], built()))];
    expect(only?.message).toBe('b: denied');
  });

  it.each(['truncated', 'digest-mismatch'] as const)('is not looked for past damage: %s', async (code) => {
    const opener = placesOf({ b: { fault: code }, c: { root: index } });
    await expect(openFirst(opener, ['b', 'c'], built())).rejects.toMatchObject({ message: `b: ${code}` });
  });
});
