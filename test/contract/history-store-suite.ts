import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../src/core/history/history-store.ts';
import type { Damage } from '../../src/core/surface/surface-store.ts';
import { makeEntry } from '../support/item-makers.ts';
import { collect } from './surface-store-suite.ts';

/** An empty history of a test's own, and what can befall its bytes from outside. */
export interface HistoryStoreUnderTest {
  readonly history: HistoryStore;
  /** The same place, opened anew. */
  reopen(): HistoryStore;
  /** Changes the stored bytes of an entry. */
  damage(entry: HistoryEntry, change: (bytes: Buffer) => Buffer): void | Promise<void>;
}

const ARM = { os: 'linux', architecture: 'arm', variant: 'v7' };
const at = (milliseconds: number): string => new Date(Date.UTC(2026, 2, 1) + milliseconds).toISOString();
const sound = async () => null;

/** What every history does. */
export function describeHistoryStore(
  open: () => HistoryStoreUnderTest | Promise<HistoryStoreUnderTest>,
): void {
  const list = (history: HistoryStore, query: Partial<HistoryQuery> = {}) =>
    collect(history.list({ tenant: 'acme', name: 'app', ...query }));

  describe('listing', () => {
    it('gives nothing where nothing is', async () => {
      const { history } = await open();
      expect(await list(history)).toEqual([]);
      expect(await history.names('acme')).toEqual([]);
      expect(await collect(history.verify(sound))).toEqual([]);
    });

    it('gives entries newest first, in whatever order they came, also when opened anew', async () => {
      const { history, reopen } = await open();
      const times = [3, 1, 4, 1000, 59_000, 0, 86_400_000, 999].map(at);
      for (const time of times) await history.append(makeEntry({ time }));
      for (const each of [history, reopen()]) {
        expect((await list(each)).map(({ time }) => time)).toEqual(times.toSorted().toReversed());
      }
    });

    it('gives entries of the same millisecond in a stable order', async () => {
      const { history } = await open();
      for (const scanId of ['a', 'b', 'c', 'd']) await history.append(makeEntry({ scanId }));
      const first = await list(history);
      expect(first.map(({ scanId }) => scanId).toSorted()).toEqual(['a', 'b', 'c', 'd']);
      expect(await list(history)).toEqual(first);
    });

    it('gives back every field as it was', async () => {
      const { history } = await open();
      const entry = makeEntry({
        platform: ARM,
        commit: 'c'.repeat(40),
        branch: 'feature/ü',
        pullRequest: 7,
        reference: 'docker://ghcr.io/acme/app:1',
      });
      await history.append(entry);
      expect(await list(history)).toEqual([entry]);
    });

    it('is by name and platform', async () => {
      const { history } = await open();
      await history.append(makeEntry({ scanId: 'amd64', time: at(1) }));
      await history.append(makeEntry({ scanId: 'arm', platform: ARM, time: at(2) }));
      await history.append(makeEntry({ scanId: 'other', name: 'other', time: at(3) }));
      const ids = async (query: Partial<HistoryQuery>) =>
        (await list(history, query)).map(({ scanId }) => scanId);
      expect(await ids({})).toEqual(['arm', 'amd64']);
      expect(await ids({ platform: ARM })).toEqual(['arm']);
      expect(await ids({ platform: { os: 'linux', architecture: 'arm' } })).toEqual([]);
      expect(await ids({ name: 'other' })).toEqual(['other']);
      expect(await ids({ name: 'absent' })).toEqual([]);
      expect(await history.names('acme')).toEqual(['app', 'other']);
    });

    it('is by branch and by commits', async () => {
      const { history } = await open();
      const commits = ['a', 'b', 'c'].map((letter) => letter.repeat(40));
      for (const [index, commit] of commits.entries()) {
        const branch = index === 1 ? 'feature' : 'main';
        await history.append(makeEntry({ commit, branch, time: at(index), scanId: `${index}` }));
      }
      const odd = { commit: 'x'.repeat(3000), branch: 'nul\0' };
      await history.append(makeEntry({ ...odd, time: at(9), scanId: 'odd' }));
      await history.append(makeEntry({ commit: `${odd.commit}y`, branch: 'nul\u{fffd}', time: at(8) }));
      const ids = async (query: Partial<HistoryQuery>) =>
        (await list(history, query)).map(({ scanId }) => scanId);
      expect(await ids({ branch: 'main' })).toEqual(['2', '0']);
      expect(await ids({ branch: 'absent' })).toEqual([]);
      expect(await ids({ commits: [commits[0] ?? '', commits[1] ?? '', 'd'] })).toEqual(['1', '0']);
      expect(await ids({ commits: [], branch: 'main' })).toEqual([]);
      expect(await ids({ commits: [commits[1] ?? ''], branch: 'main' })).toEqual([]);
      expect(await ids({ commits: [odd.commit] })).toEqual(['odd']);
      expect(await ids({ branch: odd.branch })).toEqual(['odd']);
    });

    it('goes on after any entry, whatever was added meanwhile', async () => {
      const { history } = await open();
      // More than a page of any store, many of the same millisecond.
      const entries = Array.from({ length: 230 }, (_, index) =>
        makeEntry({ time: at(index >> 4), scanId: `${index}` }),
      );
      await Promise.all(entries.map((entry) => history.append(entry)));
      const all = await list(history);
      expect(all).toHaveLength(230);
      for (const index of [0, 15, 16, 100, 229]) {
        const after = all[index];
        if (after === undefined) throw new Error('no entry');
        await history.append(makeEntry({ time: at(10_000 + index) }));
        expect(await list(history, { after })).toEqual(all.slice(index + 1));
      }
    });

    it.each(['../../x', 'a/b:5000', ' ', 'A', 'a\nb', '.', 'x'.repeat(3000)])(
      'takes the name %j',
      async (name) => {
        const { history } = await open();
        const entry = makeEntry({ name });
        await history.append(entry);
        expect(await list(history, { name })).toEqual([entry]);
        expect(await list(history)).toEqual([]);
        expect(await collect(history.verify(sound))).toEqual([]);
      },
    );

    it('takes platforms of any spelling and keeps them apart', async () => {
      const { history } = await open();
      const platforms = [
        { os: '..', architecture: '..' },
        { os: 'linux', architecture: 'x86-64' },
        { os: 'linux-x86', architecture: '64' },
        { os: 'Linux', architecture: '' },
        { os: 'linux', architecture: '' },
        { os: '/', architecture: '\0' },
      ];
      for (const platform of platforms) await history.append(makeEntry({ platform }));
      for (const platform of platforms) {
        expect((await list(history, { platform })).map((entry) => entry.platform)).toEqual([platform]);
      }
    });

    it('keeps tenants apart', async () => {
      const { history } = await open();
      await history.append(makeEntry());
      expect(await list(history, { tenant: 'other' })).toEqual([]);
      expect(await history.names('other')).toEqual([]);
      await expect(list(history, { tenant: '../acme' })).rejects.toMatchObject({ code: 'bad-option' });
    });
  });

  describe('appending', () => {
    it('is idempotent', async () => {
      const { history } = await open();
      await history.append(makeEntry());
      await history.append(makeEntry());
      expect(await list(history)).toHaveLength(1);
    });

    it.each<[string, Partial<HistoryEntry>]>([
      ['a time without milliseconds', { time: '2026-03-01T12:00:00Z' }],
      ['a tenant that is a path', { tenant: '../x' }],
      ['a digest of another form', { snapshotDigest: 'sha256:x' as HistoryEntry['snapshotDigest'] }],
    ])('refuses %s', async (_, change) => {
      const { history } = await open();
      await expect(history.append(makeEntry(change))).rejects.toThrow();
      expect(await collect(history.verify(sound))).toEqual([]);
      expect(await history.names('acme')).toEqual([]);
    });
  });

  describe('damage', () => {
    it.each<[string, (bytes: Buffer) => Buffer]>([
      ['torn', (bytes) => bytes.subarray(0, bytes.length >> 1)],
      ['emptied', () => Buffer.alloc(0)],
      ['edited', (bytes) => Buffer.from(bytes.toString().replace('"app"', '"App"'))],
      ['of another schema', (bytes) => Buffer.from(bytes.toString().replace('history@1', 'history@2'))],
    ])('of an entry that is %s is named, and the others are still there', async (_, change) => {
      const { history, damage } = await open();
      const bad = makeEntry({ time: at(5) });
      const good = makeEntry({ time: at(4) });
      await history.append(bad);
      await history.append(good);
      await damage(bad, change);
      const damages: Damage[] = [];
      const onDamage = (damage: Damage) => damages.push(damage);
      expect(await list(history, { onDamage })).toEqual([good]);
      expect(damages).toEqual([{ object: expect.any(String), problem: expect.any(String) }]);
      expect(await collect(history.verify(sound))).toEqual(damages);
      expect(await list(history)).toEqual([good]);
      expect(await history.names('acme')).toEqual(['app']);
    });

    it('is repaired by appending again', async () => {
      const { history, damage } = await open();
      await history.append(makeEntry());
      await damage(makeEntry(), () => Buffer.alloc(0));
      await history.append(makeEntry());
      expect(await list(history)).toEqual([makeEntry()]);
    });

    it('may also be what an examiner finds', async () => {
      const { history } = await open();
      await history.append(makeEntry({ snapshotDigest: digestOf('lost') }));
      await history.append(makeEntry({ time: at(9) }));
      const examine = async (entry: HistoryEntry) =>
        entry.snapshotDigest === digestOf('lost') ? 'names a lost snapshot' : null;
      expect(await collect(history.verify(examine))).toEqual([
        { object: expect.any(String), problem: 'names a lost snapshot' },
      ]);
    });
  });

  it('loses no entry to several writers', async () => {
    const { reopen } = await open();
    const entries = Array.from({ length: 40 }, (_, index) =>
      makeEntry({ time: at(index % 4), scanId: `${index}` }),
    );
    await Promise.all(entries.map((entry) => reopen().append(entry)));
    const listed = await list(reopen());
    expect(listed.map(({ scanId }) => Number(scanId)).sort((a, b) => a - b)).toEqual(
      entries.map((_, index) => index),
    );
    expect(await collect(reopen().verify(sound))).toEqual([]);
  });
}
