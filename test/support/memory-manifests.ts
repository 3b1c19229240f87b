import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Digest, digestOf, isDigest } from '../../src/base/digest.ts';
import { OCI_INDEX } from '../../src/core/image/media-type.ts';
import { sendBytes, sendJson } from './send-answer.ts';

/** How a registry in memory keeps manifests. */
export interface ManifestManners {
  /** Whether it gives the state of a tag a name, and whether it heeds conditions on it. */
  etags: boolean;
  conditions: boolean;
  /** `claimed`: it says that it lists referrers, and does not. */
  referrers: 'none' | 'listed' | 'claimed';
  /** Whether it leaves out referrers of other types than asked for. */
  filters: boolean;
  /** How many lines a page of a list has. */
  pageLength: number;
  /** What it says that it stored, in place of the truth. */
  storedAs: Digest | null;
}

interface KeptManifest {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly mediaType: string;
}

export type ManifestDump = readonly (readonly [name: string, mediaType: string, base64: string])[];

/** The fields of a manifest that a registry looks at. */
interface View {
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly config?: { readonly mediaType: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const PATH = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|referrers|tags)\/(?<reference>[^/]+)$/;

/** The manifests, tags and referrers of a registry in memory. */
export class MemoryManifests {
  readonly manners: ManifestManners = {
    etags: true,
    conditions: true,
    referrers: 'none',
    filters: true,
    pageLength: Number.POSITIVE_INFINITY,
    storedAs: null,
  };
  /** By repository (empty: every one) and by digest or tag. */
  readonly #kept = new Map<string, KeptManifest>();

  keep(repository: string, tag: string, bytes: Buffer, mediaType: string): void {
    const manifest = { bytes, digest: digestOf(bytes), mediaType };
    this.#kept.set(`${repository} ${manifest.digest}`, manifest);
    this.#kept.set(`${repository} ${tag}`, manifest);
  }

  dump(): ManifestDump {
    return [...this.#kept].map(([name, { bytes, mediaType }]) => [name, mediaType, bytes.toString('base64')]);
  }

  restore(manifests: ManifestDump): void {
    for (const [name, mediaType, base64] of manifests) {
      const bytes = Buffer.from(base64, 'base64');
      this.#kept.set(name, { bytes, digest: digestOf(bytes), mediaType });
    }
  }

  find(repository: string, reference: string): KeptManifest | undefined {
    return this.#kept.get(`${repository} ${reference}`) ?? this.#kept.get(` ${reference}`);
  }

  /** Answers a request of a manifest or a list; false when it is none. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): boolean {
    const { repository = '', kind = '', reference = '' } = PATH.exec(url.pathname)?.groups ?? {};
    if (kind === 'tags') this.#listTags(response, url, repository);
    else if (kind === 'referrers') this.#listReferrers(response, url, reference);
    else if (kind === 'manifests' && request.method === 'PUT') {
      this.#put(request, response, repository, reference, body);
    } else if (kind === 'manifests') this.#give(request, response, repository, reference);
    return kind !== '';
  }

  #give(request: IncomingMessage, response: ServerResponse, repository: string, reference: string): void {
    const manifest = this.find(repository, reference);
    if (manifest === undefined) {
      sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'not here' }] });
      return;
    }
    response.setHeader('Docker-Content-Digest', manifest.digest);
    if (this.manners.etags) response.setHeader('ETag', `"${manifest.digest}"`);
    sendBytes(request, response, manifest.bytes, manifest.mediaType);
  }

  #put(
    { headers }: IncomingMessage,
    response: ServerResponse,
    repository: string,
    reference: string,
    body: Buffer,
  ): void {
    const { conditions, storedAs, referrers } = this.manners;
    const digest = digestOf(body);
    const current = this.find(repository, reference);
    const holds =
      (headers['if-none-match'] !== '*' || current === undefined) &&
      (headers['if-match'] === undefined || headers['if-match'] === `"${current?.digest}"`);
    if (conditions && !holds) sendJson(response, 412, {});
    else if (isDigest(reference) && reference !== digest) {
      sendJson(response, 400, { errors: [{ code: 'DIGEST_INVALID', message: 'the digest is another' }] });
    } else {
      this.keep(repository, reference, body, String(headers['content-type']));
      const { subject } = JSON.parse(body.toString()) as View;
      if (referrers !== 'none' && subject) response.setHeader('OCI-Subject', subject.digest);
      response.setHeader('Docker-Content-Digest', storedAs ?? digest);
      response.writeHead(201, { Location: `/v2/${repository}/manifests/${digest}` }).end();
    }
  }

  #listTags(response: ServerResponse, url: URL, repository: string): void {
    const tags = [...this.#kept.keys()]
      .map((key) => key.split(' '))
      .filter(([of, name = '']) => of === repository && !isDigest(name))
      .map(([, name = '']) => name)
      .sort();
    if (tags.length === 0) sendJson(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] });
    else sendJson(response, 200, { name: repository, tags: this.#page(response, url, tags) });
  }

  #listReferrers(response: ServerResponse, url: URL, subject: string): void {
    if (this.manners.referrers !== 'listed') {
      sendJson(response, 404, {});
      return;
    }
    const wanted = this.manners.filters ? url.searchParams.get('artifactType') : null;
    if (wanted !== null) response.setHeader('OCI-Filters-Applied', 'artifactType');
    const entries = [...new Set(this.#kept.values())].flatMap(({ bytes, digest, mediaType }) => {
      const view = JSON.parse(bytes.toString()) as View;
      const artifactType = view.artifactType ?? view.config?.mediaType;
      if (view.subject?.digest !== subject || (wanted !== null && wanted !== artifactType)) return [];
      return [{ mediaType, digest, size: bytes.length, artifactType, annotations: view.annotations }];
    });
    const manifests = this.#page(response, url, entries);
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
    sendBytes({ headers: {} }, response, Buffer.from(JSON.stringify(index)), OCI_INDEX);
  }

  /** A page of a list, from where the query says on; the answer links to the next. */
  #page<T>(response: ServerResponse, url: URL, lines: readonly T[]): readonly T[] {
    const { pageLength } = this.manners;
    const start = Number(url.searchParams.get('from') ?? 0);
    const end = start + pageLength;
    if (end < lines.length) {
      const query = new URLSearchParams(url.searchParams);
      query.set('from', String(end));
      response.setHeader('Link', `<${url.pathname}?${query}>; rel="next"`);
    }
    return lines.slice(start, end);
  }
}
