import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Registries } from '../../src/adapters/registry/registries.ts';
import type { Repository } from '../../src/adapters/registry/repository.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/core/image/media-type.ts';
import { makeJson } from '../support/image-maker.ts';
import { type Fault, MemoryRegistry, quickAccess, sendBytes, sendJson } from '../support/memory-registry.ts';
import { losesReplies, timesOf } from '../support/registry-faults.ts';

let registry: MemoryRegistry;
let registries: Registries;
let repository: Repository;

beforeEach(async () => {
  registry = await MemoryRegistry.start();
  registries = new Registries(quickAccess());
  repository = await registries.find(registry.host, 'app');
});

afterEach(async () => {
  await registries[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
});

const config = makeJson({}, 'application/vnd.example.config+json');

/** A manifest with spaces that no serializer would write. */
function manifest(more: Record<string, unknown> = {}) {
  const value = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: config.descriptor, layers: [], ...more };
  const bytes = Buffer.from(JSON.stringify(value, null, 3));
  return { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) };
}

const subject = manifest();
const about = { mediaType: OCI_MANIFEST, digest: subject.digest, size: subject.bytes.length };
const referrer = (name: string, artifactType = 'application/vnd.example.report') =>
  manifest({ subject: about, artifactType, annotations: { name } });

const fallbackTag = subject.digest.replace(':', '-');
const fallbackIndex = () => JSON.parse(registry.manifests.find('app', fallbackTag)?.bytes.toString() ?? '{}');
const namesOf = (entries: readonly { annotations?: Readonly<Record<string, string>> }[]) =>
  entries.map(({ annotations }) => annotations?.name).toSorted();
const referrers = (artifactType?: string) =>
  repository.listReferrers(
    subject.digest,
    DEFAULT_LIMITS,
    artifactType === undefined ? {} : { artifactType },
  );

const MANIFESTS = /\/manifests\//;
const count = (method: string, path: RegExp): number =>
  registry.seen.filter((seen) => seen.method === method && path.test(seen.path)).length;

describe('a manifest', () => {
  it('is pushed by tag, to the byte', async () => {
    const { bytes, digest, mediaType } = manifest();
    expect(await repository.pushManifest({ bytes, mediaType }, { reference: 'v1' })).toEqual({
      digest,
      referrer: null,
    });
    const kept = registry.manifests.find('app', 'v1');
    expect([kept?.bytes.equals(bytes), kept?.mediaType]).toEqual([true, OCI_MANIFEST]);
    expect((await repository.fetchManifest('v1', DEFAULT_LIMITS))?.bytes.equals(bytes)).toBe(true);
  });

  it('is pushed by digest', async () => {
    const { digest } = await repository.pushManifest(manifest());
    expect(registry.seen.at(-1)).toMatchObject({ method: 'PUT', path: `/v2/app/manifests/${digest}` });
    expect(await repository.listTags(DEFAULT_LIMITS)).toEqual([]);
  });

  it('is asked for over the connection that is there', async () => {
    await repository.pushManifest(manifest(), { reference: 'v1' });
    const before = registry.connections;
    for (let asked = 0; asked < 5; asked++) await repository.fetchManifest('v1', DEFAULT_LIMITS);
    expect([before, registry.connections]).toEqual([1, 1]);
  });

  it('is pushed again after passing trouble', async () => {
    registry.faults.push(
      timesOf('PUT', 1, MANIFESTS, (_, response) => sendJson(response, 503, {})),
      losesReplies('PUT', 1, MANIFESTS),
    );
    await repository.pushManifest(manifest(), { reference: 'v1' });
    expect(registry.manifests.find('app', 'v1')?.digest).toBe(manifest().digest);
  });

  it('whose digest a registry does not see at first is pushed again', async () => {
    registry.faults.push(
      timesOf('PUT', 2, MANIFESTS, (_, response) =>
        sendJson(response, 400, { errors: [{ code: 'DIGEST_INVALID', message: 'no match' }] }),
      ),
    );
    await repository.pushManifest(manifest(), { reference: 'v1' });
    expect(registry.manifests.find('app', 'v1')?.digest).toBe(manifest().digest);
  });

  it('that was stored as something else is an error', async () => {
    const other = digestOf('other bytes');
    registry.manifests.manners.storedAs = other;
    await expect(repository.pushManifest(manifest(), { reference: 'v1' })).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining(other),
    });
  });

  it('that is refused is an error with the words of the registry', async () => {
    registry.faults.push(
      timesOf('PUT', 9, MANIFESTS, (_, response) =>
        sendJson(response, 404, {
          errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'a blob is missing' }],
        }),
      ),
    );
    await expect(repository.pushManifest(manifest())).rejects.toMatchObject({
      message: expect.stringContaining('MANIFEST_BLOB_UNKNOWN: a blob is missing'),
    });
    expect(count('PUT', MANIFESTS)).toBe(1);
  });

  it.each([
    ['no tag', '../blobs/x', 'bad-reference'],
    ['no tag either', 'a b', 'bad-reference'],
    ['the digest of something else', digestOf('other'), 'digest-mismatch'],
  ])('is not pushed under what is %s', async (_, reference, code) => {
    await expect(repository.pushManifest(manifest(), { reference })).rejects.toMatchObject({ code });
    expect(count('PUT', /./)).toBe(0);
  });

  it.each<[string, Uint8Array, string]>([
    ['no JSON', Buffer.from('{'), 'malformed'],
    ['an index in disguise', Buffer.from('{"schemaVersion":2,"manifests":[]}'), 'malformed'],
    [
      'a manifest of a subject that is no descriptor',
      manifest({ subject: { digest: 'x' } }).bytes,
      'malformed',
    ],
  ])('that is %s is not pushed', async (_, bytes, code) => {
    await expect(repository.pushManifest({ bytes, mediaType: OCI_MANIFEST })).rejects.toMatchObject({ code });
    expect(count('PUT', MANIFESTS)).toBe(0);
  });
});

describe('the tags', () => {
  const keep = (...tags: string[]) => {
    for (const tag of tags) registry.manifests.keep('app', tag, subject.bytes, OCI_MANIFEST);
  };
  const list = () => repository.listTags(DEFAULT_LIMITS);
  const TAGS = /\/tags\/list/;
  const links = (link: (page: number) => string, tags: (page: number) => readonly string[] | null): Fault => {
    let page = 0;
    return timesOf('GET', 5000, TAGS, (_, response) => {
      response.setHeader('Link', link(page));
      sendJson(response, 200, { name: 'app', tags: tags(page++) });
    });
  };

  it('are none where there is nothing', async () => {
    expect(await list()).toEqual([]);
    registry.faults.push(timesOf('GET', 1, TAGS, (_, response) => sendJson(response, 200, { tags: null })));
    expect(await list()).toEqual([]);
  });

  it('come in pages', async () => {
    keep('a', 'b', 'c', 'd', 'e');
    registry.manifests.manners.pageLength = 2;
    expect(await list()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(count('GET', TAGS)).toBe(3);
  });

  it('are asked for from the last on when a full page links to no next', async () => {
    const all = Array.from({ length: 1500 }, (_, index) => `t${String(index).padStart(4, '0')}`);
    registry.faults.push(
      timesOf('GET', 9, TAGS, ({ url }, response) => {
        const last = new URL(url ?? '', registry.origin).searchParams.get('last') ?? '';
        sendJson(response, 200, { tags: all.filter((tag) => tag > last).slice(0, 1000) });
      }),
    );
    expect(await list()).toEqual(all);
    expect(count('GET', TAGS)).toBe(2);
  });

  it('are each given once, by a server that does not look from where it is asked', async () => {
    const all = Array.from({ length: 1000 }, (_, index) => `t${index}`);
    registry.faults.push(timesOf('GET', 9, TAGS, (_, response) => sendJson(response, 200, { tags: all })));
    expect(await list()).toEqual(all);
  });

  it.each<[string, (page: number) => string]>([
    ['names itself', () => '</v2/app/tags/list?n=1000>; rel="next"'],
    ['goes in a circle', (page) => `</v2/app/tags/list?page=${page % 3}>; rel=next`],
    ['has no end', (page) => `</v2/app/tags/list?page=${page}>; rel="next"`],
  ])('of a list that %s are not read for ever', async (_, link) => {
    registry.faults.push(links(link, () => []));
    await expect(list()).rejects.toMatchObject({ code: 'malformed' });
    expect(count('GET', TAGS)).toBeLessThanOrEqual(1000);
  });

  it('are not read from another server', async () => {
    await using other = await MemoryRegistry.start();
    registry.faults.push(
      links(
        () => `<${other.origin}/v2/app/tags/list>; rel="next"`,
        () => ['a'],
      ),
    );
    await expect(list()).rejects.toMatchObject({ code: 'denied' });
    expect(other.seen).toEqual([]);
  });

  it('are not more than the limit of a document, all pages together', async () => {
    registry.faults.push(
      links(
        (page) => `</v2/app/tags/list?page=${page}>; rel="next"`,
        (page) => Array.from({ length: 100 }, (_, index) => `${page}-${index}`),
      ),
    );
    await expect(repository.listTags({ ...DEFAULT_LIMITS, jsonBytes: 10_000 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('must be texts', async () => {
    registry.faults.push(timesOf('GET', 1, TAGS, (_, response) => sendJson(response, 200, { tags: [1] })));
    await expect(list()).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('a registry that lists referrers', () => {
  beforeEach(() => {
    registry.manifests.manners.referrers = 'listed';
  });

  it('is left to do so', async () => {
    const pushed = await repository.pushManifest(referrer('a'), { reference: 'a' });
    expect(pushed.referrer).toBe('registry');
    await repository.pushManifest(referrer('b'));
    expect(registry.manifests.find('app', fallbackTag)).toBeUndefined();
    expect(namesOf(await referrers())).toEqual(['a', 'b']);
  });

  it.each([true, false])('gives those of a type, be it that it chooses them itself: %s', async (filters) => {
    registry.manifests.manners.filters = filters;
    await repository.pushManifest(referrer('a'));
    await repository.pushManifest(referrer('b', 'application/vnd.example.other'));
    expect(namesOf(await referrers('application/vnd.example.other'))).toEqual(['b']);
  });

  it('may give them in pages', async () => {
    registry.manifests.manners.pageLength = 2;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await repository.pushManifest(referrer(name));
    expect(namesOf(await referrers())).toEqual(names);
    expect(namesOf(await referrers('application/vnd.example.report'))).toEqual(names);
  });

  it('is not believed when it lists none, though it said so', async () => {
    registry.manifests.manners.referrers = 'claimed';
    expect((await repository.pushManifest(referrer('a'))).referrer).toBe('tag');
    expect(namesOf(await referrers())).toEqual(['a']);
  });

  it('is not believed when it speaks of another subject', async () => {
    registry.faults.push((request, response) => {
      if (request.method === 'PUT') {
        const set = response.setHeader.bind(response);
        response.setHeader = (name, value) => set(name, name === 'OCI-Subject' ? digestOf('other') : value);
      }
      return false;
    });
    expect((await repository.pushManifest(referrer('a'))).referrer).toBe('tag');
  });

  it.each<[string, unknown]>([
    ['no list', { schemaVersion: 2 }],
    ['a list of what are no descriptors', { schemaVersion: 2, manifests: [{ digest: '../..' }] }],
    ['a manifest', JSON.parse(subject.bytes.toString())],
  ])('and gives %s is found out', async (_, value) => {
    registry.faults.push(
      timesOf('GET', 9, /\/referrers\//, (request, response) =>
        sendBytes(request, response, Buffer.from(JSON.stringify(value)), OCI_INDEX),
      ),
    );
    await expect(referrers()).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('a registry that lists no referrers', () => {
  it('is given a tag that does', async () => {
    const a = referrer('a');
    expect(await repository.pushManifest(a, { reference: 'report' })).toEqual({
      digest: a.digest,
      referrer: 'tag',
    });
    expect(fallbackIndex()).toEqual({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [
        {
          mediaType: OCI_MANIFEST,
          digest: a.digest,
          size: a.bytes.length,
          artifactType: 'application/vnd.example.report',
          annotations: { name: 'a' },
        },
      ],
    });
    await repository.pushManifest(referrer('b', 'application/vnd.example.other'));
    expect(namesOf(await referrers())).toEqual(['a', 'b']);
    expect(namesOf(await referrers('application/vnd.example.other'))).toEqual(['b']);
  });

  it('has the type of its config for a manifest without one of its own', async () => {
    await repository.pushManifest(manifest({ subject: about }));
    expect(fallbackIndex().manifests[0]).toMatchObject({
      artifactType: 'application/vnd.example.config+json',
    });
  });

  it('has an index for a referrer too', async () => {
    const value = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], subject: about };
    const bytes = Buffer.from(JSON.stringify(value));
    expect((await repository.pushManifest({ bytes, mediaType: OCI_INDEX })).referrer).toBe('tag');
    expect(fallbackIndex().manifests).toEqual([
      { mediaType: OCI_INDEX, digest: digestOf(bytes), size: bytes.length },
    ]);
  });

  it('may answer that tag with the very manifest that is asked about, as GitLab does', async () => {
    registry.manifests.keep('app', fallbackTag, subject.bytes, OCI_MANIFEST);
    expect(await referrers()).toEqual([]);
    await repository.pushManifest(referrer('a'));
    expect(namesOf(await referrers())).toEqual(['a']);
  });

  it('may answer with a page for people', async () => {
    registry.faults.push(
      timesOf('GET', 9, /\/referrers\//, (request, response) =>
        sendBytes(request, response, Buffer.from('<html>'), 'text/html'),
      ),
    );
    await repository.pushManifest(referrer('a'));
    expect(namesOf(await referrers())).toEqual(['a']);
  });

  it('has nothing to list where nothing refers', async () => {
    expect(await referrers()).toEqual([]);
  });

  it('lists a manifest once that is pushed twice', async () => {
    await repository.pushManifest(referrer('a'));
    await repository.pushManifest(referrer('a'));
    expect(fallbackIndex().manifests).toHaveLength(1);
    expect(count('PUT', new RegExp(fallbackTag))).toBe(1);
  });

  it('keeps what is on the list and is not known here', async () => {
    const entry = { mediaType: 'x/y', digest: digestOf('x'), size: 1, 'org.example.field': [1] };
    const list = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry], 'org.example.more': true };
    registry.manifests.keep('app', fallbackTag, Buffer.from(JSON.stringify(list)), OCI_INDEX);
    await repository.pushManifest(referrer('a'));
    expect(fallbackIndex()).toMatchObject({
      'org.example.more': true,
      manifests: [entry, { annotations: { name: 'a' } }],
    });
  });

  it('with something else under that tag is left as it is', async () => {
    const other = manifest({ annotations: { name: 'other' } });
    registry.manifests.keep('app', fallbackTag, other.bytes, OCI_MANIFEST);
    expect(await referrers()).toEqual([]);
    await expect(repository.pushManifest(referrer('a'))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(fallbackTag),
    });
    expect(registry.manifests.find('app', fallbackTag)?.digest).toBe(other.digest);
  });

  /** Somebody else's entry, put on the list just before the next is written. */
  const overtakes = (names: string[]): Fault => {
    return ({ method, url }) => {
      const name = method === 'PUT' && url?.endsWith(fallbackTag) ? names.shift() : undefined;
      if (name === undefined) return false;
      const { bytes, digest } = referrer(name);
      const entry = { mediaType: OCI_MANIFEST, digest, size: bytes.length, annotations: { name } };
      const manifests = [...(fallbackIndex().manifests ?? []), entry];
      const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
      registry.manifests.keep('app', fallbackTag, list, OCI_INDEX);
      return false;
    };
  };

  it('and heeds conditions loses nothing that others write meanwhile', async () => {
    registry.faults.push(overtakes(['x', 'y', 'z']));
    await repository.pushManifest(referrer('a'));
    expect(namesOf(await referrers())).toEqual(['a', 'x', 'y', 'z']);
  });

  it('and heeds none is written to again when others overwrite it', async () => {
    registry.manifests.manners.conditions = false;
    let left = 2;
    registry.faults.push(({ method, url }) => {
      if (method === 'GET' && url?.endsWith(fallbackTag) && fallbackIndex().manifests && left-- > 0) {
        const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
        registry.manifests.keep('app', fallbackTag, list, OCI_INDEX);
      }
      return false;
    });
    await repository.pushManifest(referrer('a'));
    expect(namesOf(await referrers())).toEqual(['a']);
    expect(count('PUT', new RegExp(fallbackTag))).toBe(3);
  });

  it.each([
    [true, true],
    [true, false],
    [false, false],
  ])('takes those of several writers at once (conditions: %s, states: %s)', async (conditions, etags) => {
    Object.assign(registry.manifests.manners, { conditions, etags });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      names.map(async (name) => {
        const access = quickAccess();
        await using own = new Registries({ ...access, patience: { ...access.patience, backOff: 100 } });
        await (await own.find(registry.host, 'app')).pushManifest(referrer(name));
      }),
    );
    expect(namesOf(await referrers())).toEqual(names);
  });

  it('and whose list is overwritten without end says so', async () => {
    registry.faults.push(
      timesOf('PUT', 99, new RegExp(fallbackTag), (_, response) => sendJson(response, 412, {})),
    );
    await expect(repository.pushManifest(referrer('a'))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('overwritten'),
    });
  });
});
