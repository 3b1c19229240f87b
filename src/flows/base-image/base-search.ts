import type { Digest } from '../../base/digest.ts';
import { attempt, VarveError } from '../../base/errors.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import {
  type BaseCandidate,
  type BaseImage,
  type BaseImages,
  type BaseImageWish,
  baseName,
  chooseBase,
  differentHints,
  isBase,
} from '../../core/image/base-image.ts';
import {
  type DockerName,
  familiarRepository,
  formatDockerName,
  parseDockerName,
} from '../../core/image/docker-name.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import { formatPlatform, type Platform } from '../../core/words/platform.ts';
import { fewAtOnce } from '../image/few-at-once.ts';
import { type ImageTools, openImage } from '../image/open-image.ts';

/** What a search for base images needs. */
export interface BaseLookUp {
  readonly wish: BaseImageWish;
  /** Where hints lead. */
  readonly images: BaseImages;
}

/** An image whose base is looked for. */
export interface BaseSubject {
  /** What its history is called: its own snapshots are not its base. */
  readonly name: string;
  readonly reference: string;
  readonly platform: Platform;
  readonly diffIds: readonly Digest[];
  readonly readHints: () => Promise<readonly DockerName[]>;
}

/** How many entries of a history are looked at, and how many of their snapshots are read. */
const MOST_ENTRIES = 200;
const MOST_SNAPSHOTS = 16;

/**
 * Looks for the base images of one run. A hint only says where to look: what is found counts where its layers are the
 * first ones of the image. Trouble becomes an aside.
 */
export class BaseSearch {
  #asides: string[] = [];
  readonly #told = new Set<string>();
  readonly #tools: ImageTools;
  readonly #store: Store;
  readonly #tenant: string;
  readonly #lookUp: BaseLookUp;
  readonly #found = new Map<string, Promise<readonly BaseCandidate[]>>();

  /** @param store whose snapshots may be base images. */
  constructor(tools: ImageTools, store: Store, tenant: string, lookUp: BaseLookUp) {
    this.#tools = tools;
    this.#store = store;
    this.#tenant = tenant;
    this.#lookUp = lookUp;
  }

  /** Whether a base that an earlier run found may stay: not where the user names another one. */
  get mayKeep(): boolean {
    return this.#lookUp.wish === 'auto';
  }

  /** What went wrong since this was asked last, each once a run. */
  takeAsides(): readonly string[] {
    const asides = this.#asides;
    this.#asides = [];
    return asides;
  }

  /** What an image says of its base. */
  async readHints({ readHints }: BaseSubject): Promise<readonly DockerName[]> {
    return differentHints((await this.#quietly(readHints)) ?? []);
  }

  /**
   * The base of an image; null where none is found.
   * @param isFormer whether it is older than what the user says of the base.
   */
  async find(subject: BaseSubject, isFormer = false): Promise<BaseImage | null> {
    const { wish } = this.#lookUp;
    if (wish === 'off' || subject.diffIds.length < 2) return null;
    if (wish !== 'auto') return this.#findNamed(wish.reference, subject, isFormer);
    const hints = await this.readHints(subject);
    const hinted = (await fewAtOnce(hints, (hint) => this.#followHint(hint, subject))).flat();
    return chooseBase(hinted, subject.diffIds) ?? this.#findInStore(subject);
  }

  /** The image that the user names; a snapshot of an older one may be the base of an older image. */
  async #findNamed(reference: string, subject: BaseSubject, isFormer: boolean): Promise<BaseImage | null> {
    const candidates = await this.#once(`${reference} ${formatPlatform(subject.platform)}`, async () => {
      await using opened = await openImage(this.#tools, [reference], subject.platform);
      const { source, image } = opened;
      const digest = source.digest ?? image.manifest?.digest ?? null;
      return [{ name: nameIn(source.reference), digest, diffIds: image.config.value.rootfs.diff_ids }];
    });
    const base = chooseBase(candidates, subject.diffIds);
    if (base === null && candidates.length > 0 && !isFormer)
      this.#tell(`${subject.reference} does not begin with the layers of the base image ${reference}`);
    return base ?? this.#findInStore(subject);
  }

  /** The store is asked before anything is sent. */
  async #followHint(hint: DockerName, subject: BaseSubject): Promise<readonly BaseCandidate[]> {
    const stored = await this.#once(`stored ${familiarRepository(hint)}`, () =>
      this.#snapshotsOf(familiarRepository(hint)),
    );
    const { diffIds, reference, platform } = subject;
    const kept = stored.filter((each) => isBase(each.diffIds, diffIds) && agrees(each, hint));
    if (kept.length > 0) return kept;
    const key = `${formatDockerName(hint)} ${formatPlatform(platform)} ${reference}`;
    return this.#once(key, async () => {
      const candidates: BaseCandidate[] = [];
      for await (const candidate of this.#lookUp.images.find(hint, { reference, platform })) {
        candidates.push(candidate);
        if (isBase(candidate.diffIds, diffIds)) break;
      }
      return candidates;
    });
  }

  async #snapshotsOf(name: string): Promise<readonly BaseCandidate[]> {
    if (this.#store.isStranger) return [];
    return this.#readCandidates(this.#store.history.list({ tenant: this.#tenant, name }), () => true);
  }

  /** Snapshots of other images that have the lowest layer; only a store that is indexed by layers finds them soon. */
  async #findInStore({ name, diffIds }: BaseSubject): Promise<BaseImage | null> {
    const { layerIndex, isStranger } = this.#store;
    const [diffId] = diffIds;
    if (layerIndex === undefined || isStranger || diffId === undefined) return null;
    const candidates = await this.#quietly(() => {
      const entries = layerIndex.entriesWithLayer({ tenant: this.#tenant, diffId });
      return this.#readCandidates(entries, (entry) => entry.name !== name);
    });
    return chooseBase(candidates ?? [], diffIds);
  }

  /** What the author of a pull request keeps there never passes for the work of others. */
  async #readCandidates(
    entries: AsyncIterable<HistoryEntry>,
    mayServe: (entry: HistoryEntry) => boolean,
  ): Promise<readonly BaseCandidate[]> {
    const candidates = new Map<Digest, BaseCandidate>();
    let looked = 0;
    for await (const entry of entries) {
      if (looked === MOST_ENTRIES || candidates.size === MOST_SNAPSHOTS) break;
      looked += 1;
      const { snapshotDigest, pullRequest, name, reference } = entry;
      if (pullRequest !== null || candidates.has(snapshotDigest) || !mayServe(entry)) continue;
      const snapshot = await readSound(snapshotDigest, passOver, () =>
        readSnapshot(this.#store.surface, this.#tenant, snapshotDigest),
      );
      if (snapshot === null) continue;
      candidates.set(snapshotDigest, {
        name: nameIn(reference) ?? name,
        digest: snapshot.manifest?.digest ?? null,
        diffIds: snapshot.layers.map((layer) => layer.diffId),
      });
    }
    return [...candidates.values()];
  }

  /** Looks for something once a run. */
  #once(key: string, find: () => Promise<readonly BaseCandidate[]>): Promise<readonly BaseCandidate[]> {
    const found = this.#found.get(key) ?? this.#quietly(find).then((candidates) => candidates ?? []);
    this.#found.set(key, found);
    return found;
  }

  async #quietly<T>(find: () => Promise<T>): Promise<T | null> {
    const found = await attempt(['usage', 'bytes', 'outside'], find);
    if (!(found instanceof VarveError)) return found;
    this.#tell(`the base image could not be looked up: ${found.message}`);
    return null;
  }

  #tell(aside: string): void {
    if (!this.#told.has(aside)) this.#asides.push(aside);
    this.#told.add(aside);
  }
}

/** Whether a snapshot of the repository may be the image that a hint means. */
const agrees = ({ name }: BaseCandidate, hint: DockerName): boolean =>
  hint.tag === null || name === baseName(hint);

/** The name in a reference to an engine or registry; null in any other. */
function nameIn(reference: string): string | null {
  const [, text] = /^(?:docker:\/\/|docker-daemon:)(.*)$/.exec(reference) ?? [];
  if (text === undefined) return null;
  try {
    return baseName(parseDockerName(text));
  } catch {
    return null;
  }
}
