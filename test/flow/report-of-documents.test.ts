import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import type { Digest } from '../../src/base/digest.ts';
import { parseComparison } from '../../src/core/comparison/parse-comparison.ts';
import { renderMarkdown } from '../../src/core/report/markdown/render-markdown.ts';
import type { Report } from '../../src/core/report/report.ts';
import { reportOfDocuments, type SnapshotDocuments } from '../../src/core/report/report-of-documents.ts';
import { PLAIN } from '../../src/core/report/text/palette.ts';
import { renderText } from '../../src/core/report/text/render-text.ts';
import { type Pointer, parsePointer } from '../../src/core/run/pointer.ts';
import { parsePointers } from '../../src/core/run/pointers.ts';
import { readSnapshot } from '../../src/core/snapshot/read-snapshot.ts';
import type { Store } from '../../src/core/store/store.ts';
import { COMPARISON_KIND } from '../../src/core/surface/keys.ts';
import { readDocument } from '../../src/core/surface/read-payload.ts';
import type { PlatformWish } from '../../src/core/words/platform.ts';
import { pointerOf } from '../../src/flows/snapshot/run-documents.ts';
import { type SnapshotImageResult, snapshotImage } from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { unsyncedOperations } from '../support/faulty-operations.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newFolder = temporaryFolder();
const openStore = (root: string): Store => openDirectoryStore(root, { operations: unsyncedOperations });

/** The store that version 0.1 wrote: two snapshots of `shop`, and the comparison of the second with the first. */
function oldStore(): Store {
  const root = newFolder('store');
  cpSync(join(FIXTURES, 'v0.1/store'), root, { recursive: true });
  return openStore(root);
}

async function run(store: Store, image: string, platform?: PlatformWish): Promise<SnapshotImageResult> {
  await using tools = composeQuietTools(store);
  const ancestors = ['2'.repeat(40)];
  return snapshotImage(tools, {
    references: [`oci:${FIXTURES}/${image}`],
    built: null,
    platform,
    name: 'shop',
    tenant: 'default',
    baseline: { kind: 'store', store, situation: { kind: 'branch', ancestors, branch: 'main' } },
    save: true,
    comparing: {},
    run: {
      ...{ scanId: 'scan', time: '2026-12-02T12:45:05.502Z', version: '0.0.0' },
      ...{ commit: '3'.repeat(40), branch: 'main', pullRequest: null },
    },
  });
}

/** What a store has, read as anyone would who was not there. */
async function load(
  { surface }: Store,
  record: SnapshotDocuments['record'],
  comparison: Digest | null,
): Promise<SnapshotDocuments> {
  const snapshot = await readSnapshot(surface, 'default', record.snapshotDigest);
  if (snapshot === null) throw new Error('the store has no such snapshot');
  const key = comparison && { tenant: 'default', kind: COMPARISON_KIND, digest: comparison };
  const bytes = key && (await readDocument(surface, key));
  return { record, snapshot, comparison: bytes && parseComparison(bytes, 'it') };
}

const recall = (store: Store, pointer: Pointer) => load(store, pointer, pointer.comparison?.digest ?? null);

async function recallRun(store: Store, result: SnapshotImageResult): Promise<SnapshotDocuments> {
  return recall(store, parsePointer(canonicalBytes(pointerOf(result)), 'pointer.json'));
}

const textLines = (report: Report): readonly string[] =>
  renderText(report, { width: 100, palette: PLAIN, all: true }).split('\n');

/** Where a snapshot is kept is known while the run lasts. */
const isKept = (line: string): boolean => line.startsWith('kept in ');

describe('a report from documents alone', () => {
  it('of an image that changed is that of the run, but for where the snapshot is kept', async () => {
    const store = oldStore();
    const result = await run(store, 'app-v1');
    const report = reportOfDocuments([await recallRun(store, result)]);
    const again = /^- again: `varve compare .*\n/m;
    expect(renderMarkdown(result.report)).toMatch(again);
    expect(renderMarkdown(report)).toBe(renderMarkdown(result.report).replace(again, ''));
    expect(renderMarkdown(report)).toContain('on `main`');
    const live = textLines(result.report);
    expect(live.filter(isKept)).toHaveLength(1);
    expect(textLines(report)).toEqual(live.filter((line) => !isKept(line)));
  });

  it('of a first snapshot is that of the run, once it is told who keeps it', async () => {
    const store = openStore(newFolder('store'));
    const result = await run(store, 'app-v1');
    const documents = await recallRun(store, result);
    const told = reportOfDocuments([documents], null, { keptIn: store.location });
    expect(renderMarkdown(told)).toBe(renderMarkdown(result.report));
    expect(textLines(told)).toEqual(textLines(result.report));
    const untold = renderMarkdown(reportOfDocuments([documents]));
    expect(untold).toContain('### 🆕 `shop` nothing to compare with: ');
  });

  it('of several platforms is that of the run', async () => {
    const store = openStore(newFolder('store'));
    await run(store, 'multi-platform', 'all');
    const result = await run(store, 'multi-platform', 'all');
    const pointers = parsePointers(canonicalBytes(pointerOf(result)), 'pointer.json');
    const [first, ...others] = await Promise.all(pointers.platforms.map((each) => recall(store, each)));
    if (first === undefined || others.length === 0) throw new Error('the image is for several platforms');
    const report = reportOfDocuments([first, ...others], pointers, { keptIn: store.location });
    expect(renderMarkdown(report)).toBe(renderMarkdown(result.report));
    expect(textLines(report)).toEqual(textLines(result.report));
  });
});

describe('a store of version 0.1', () => {
  /** The newest entry of its history, and the only comparison. */
  async function oldDocuments(): Promise<SnapshotDocuments> {
    const store = oldStore();
    const [comparison] = await Array.fromAsync(
      store.surface.list({ tenant: 'default', kind: COMPARISON_KIND }),
    );
    for await (const entry of store.history.list({ tenant: 'default', name: 'shop' })) {
      return load(store, entry, comparison?.digest ?? null);
    }
    throw new Error('the store has a history');
  }

  it('tells in full what changed, and of the baseline its snapshot', async () => {
    const documents = await oldDocuments();
    const report = reportOfDocuments([documents]);
    const text = textLines(report).join('\n');
    expect(text).toContain('4 layers rebuilt, 1 added, 5 files changed, 3 config changes');
    expect(text).toMatch(/`COPY dir in \/app` changed\s+and re-shipped 5 layers/);
    expect(text).toContain(`compared with ${documents.comparison?.base.snapshotDigest}`);
    expect(renderMarkdown(report)).toContain('modules`<br>timestamps only |');
  });

  it('has sections named that only a later version shows', async () => {
    const documents = await oldDocuments();
    if (documents.comparison === null) throw new Error('there is a comparison');
    const comparison = { ...documents.comparison, sections: { packages: {}, trace: null } };
    const told = textLines(reportOfDocuments([{ ...documents, comparison }]));
    expect(told).toContain('! the comparison has parts that this version does not show: `packages`');
  });

  it('has the layers of its snapshot, however many a pointer counts', async () => {
    const store = oldStore();
    const { record, snapshot, comparison } = await recallRun(store, await run(store, 'app-v2'));
    const counted = {
      ...record,
      layers: { total: Number.MAX_SAFE_INTEGER, reused: 0, read: 0, bytesRead: 0 },
    };
    const [image] = reportOfDocuments([{ record: counted, snapshot, comparison }]).images;
    expect(image?.locations).toHaveLength(snapshot.layers.length);
  });

  it('is refused with the comparison of another snapshot', async () => {
    const documents = await oldDocuments();
    const store = oldStore();
    const other = await recallRun(store, await run(store, 'app-v1-rebuilt'));
    expect(() => reportOfDocuments([{ ...documents, comparison: other.comparison }])).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
