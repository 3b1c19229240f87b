import { toVarveError } from '../../../base/errors.ts';
import type { EntryArtifact } from '../../../core/artifact/entry-artifact.ts';
import { entryBytes, entryPath, parseEntry } from '../../../core/history/entry-path.ts';
import {
  type EntryTag,
  entryOrder,
  tagOfBranch,
  tagOfCommit,
  tagOfName,
  tagOfPlatform,
  tagOfTenant,
} from '../../../core/history/entry-tag.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import type { EntryOrigin, HistoryQuery, HistoryStore } from '../../../core/history/history-store.ts';
import { damageOf, passOver } from '../../../core/surface/damage.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { parseTenant } from '../../../core/words/names.ts';
import type { EntryArtifacts } from './entry-artifacts.ts';

/** How many entries are fetched at once; the first of a list alone, since most readers want no other. */
const AT_ONCE = 8;

/** The history in a place of artifacts: one artifact an entry. Any number of writers may add to it. */
export class OciHistoryStore implements HistoryStore {
  readonly #entries: EntryArtifacts;
  readonly #publish: (entry: HistoryEntry, origin: EntryOrigin) => Promise<void>;

  /** @param publish keeps an entry, with what else is to be kept with it. */
  constructor(entries: EntryArtifacts, publish: (entry: HistoryEntry, origin: EntryOrigin) => Promise<void>) {
    this.#entries = entries;
    this.#publish = publish;
  }

  async append(entry: HistoryEntry, origin: EntryOrigin = 'taken'): Promise<void> {
    parseEntry(entryBytes(entry), entryPath(entry));
    await this.#publish(entry, origin);
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    const { onDamage = passOver } = query;
    const tags = (await this.#entries.list()).filter((tag) => mayMatch(tag, query));
    for await (const { entry } of this.#readEach(tags, onDamage)) {
      if (matches(entry, query)) yield entry;
    }
  }

  async names(tenant: string): Promise<readonly string[]> {
    const own = tagOfTenant(parseTenant(tenant));
    const byName = Map.groupBy(
      (await this.#entries.list()).filter((tag) => tag.tenant === own),
      ({ name }) => name,
    );
    const names: string[] = [];
    for (const tags of byName.values()) {
      for await (const { entry } of this.#readEach(tags, passOver)) {
        if (entry.tenant === tenant) names.push(entry.name);
        break;
      }
    }
    return names.sort();
  }

  async *verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncGenerator<Damage> {
    for (const tag of await this.#entries.list()) {
      const damages: Damage[] = [];
      const read = await this.#read(tag, (damage) => damages.push(damage));
      yield* damages;
      const problem = read && (await examine(read.entry));
      if (problem !== null) yield { object: this.#objectOf(tag), problem };
    }
  }

  async *#readEach(tags: readonly EntryTag[], onDamage: OnDamage): AsyncGenerator<EntryArtifact> {
    for (let at = 0, count = 1; at < tags.length; at += count, count = Math.min(count * 2, AT_ONCE)) {
      const batch = tags.slice(at, at + count).map((tag) => this.#read(tag, onDamage));
      for (const read of await Promise.all(batch)) if (read !== null) yield read;
    }
  }

  async #read(tag: EntryTag, onDamage: OnDamage): Promise<EntryArtifact | null> {
    try {
      return await this.#entries.read(tag);
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      onDamage(damageOf(this.#objectOf(tag), fault));
      return null;
    }
  }

  #objectOf({ text }: EntryTag): string {
    return `${this.#entries.location}:${text}`;
  }
}

/** What a tag tells already. */
function mayMatch(tag: EntryTag, { tenant, name, platform, commits, branch, after }: HistoryQuery): boolean {
  if (tag.name !== tagOfName(parseTenant(tenant), name)) return false;
  if (platform !== undefined && tag.platform !== tagOfPlatform(platform)) return false;
  if (after !== undefined && tag.order >= entryOrder(after)) return false;
  // A pull request's tag does not tell its branch.
  if (branch !== undefined && tag.line.startsWith('b') && tag.line !== tagOfBranch(branch)) return false;
  return commits === undefined || commits.some((commit) => tag.commit === tagOfCommit(commit));
}

/** Tags tell by short hashes, which others may have too. */
function matches(entry: HistoryEntry, { tenant, name, commits, branch }: HistoryQuery): boolean {
  if (entry.tenant !== tenant || entry.name !== name) return false;
  if (branch !== undefined && entry.branch !== branch) return false;
  return commits === undefined || (entry.commit !== null && commits.includes(entry.commit));
}
