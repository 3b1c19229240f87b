import { expect, test } from 'vitest';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { allNotes } from '../../../../src/core/report/notes.ts';
import { PLAIN } from '../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../src/core/report/text/render-text.ts';
import { BASELINE, makeComparison, makeImage, makeSnapshot } from '../../../support/report-makers.ts';

const rows = [
  { status: 'unchanged', step: 'RUN a', size: 100 },
  { status: 'added', step: 'RUN b', size: 50 },
] as const;

test('sizes are those of the layers, differences those of the comparison', () => {
  const [image] = makeReport([makeImage(makeComparison(rows))]).images;
  expect(image?.size).toEqual({
    uncompressed: 150,
    compressed: 60,
    uncompressedDelta: 50,
    compressedDelta: 20,
    pull: 20,
  });
  expect(image?.platform).toBe('linux/amd64');
});

test('what the transport does not tell is not known, and nothing is made up for it', () => {
  const snapshot = makeSnapshot(rows);
  const layers = snapshot.layers.map((layer, index) =>
    index === 1 ? { ...layer, digest: null, size: null } : layer,
  );
  const [image] = makeReport([makeImage(null, { snapshot: { ...snapshot, layers, manifest: null } })]).images;
  expect(image?.size).toEqual({
    uncompressed: 150,
    compressed: null,
    uncompressedDelta: null,
    compressedDelta: null,
    pull: null,
  });
});

test('files that were not compared are null, not none', () => {
  const [image] = makeReport([makeImage({ ...makeComparison(rows), files: null, config: null })]).images;
  expect([image?.files, image?.settings]).toEqual([null, null]);
});

test('a config that could not be compared is said to be so', () => {
  const report = makeReport([makeImage({ ...makeComparison(rows), config: null })]);
  const told = 'config not compared: the configs differ, and one of them is not available';
  expect(allNotes(report)).toEqual([told]);
  expect(renderText(report, { width: 100, palette: PLAIN, all: false })).toContain(`! ${told}\n`);
  expect(renderMarkdown(report)).toContain(told);
});

test('credentials in any text of the run are nowhere', () => {
  const secret = 'postgres://me:hunter2@db/varve';
  const comparison = makeComparison([
    { status: 'rebuilt', cause: 'step', step: `RUN ${secret}`, stepBefore: `ADD ${secret}`, size: 1 },
  ]);
  const image = makeImage(comparison, { reference: secret, keptIn: secret, notes: [secret] });
  const change = image.change && {
    ...image.change,
    baseline: { ...BASELINE, place: secret },
  };
  const report = makeReport([{ ...image, change }]);
  expect(JSON.stringify(report.images[0]?.layers)).not.toContain('hunter2');
  expect(renderMarkdown(report)).not.toContain('hunter2');
  expect(renderText(report, { width: 200, palette: PLAIN, all: true })).not.toContain('hunter2');
});

test('sections that other versions make are named, those that are not known are not', () => {
  const comparison = { ...makeComparison(rows), sections: { packages: { added: [] }, trace: null } };
  const [image] = makeReport([makeImage(comparison)]).images;
  expect(image?.notes).toEqual(['the comparison has parts that this version does not show: `packages`']);
  const quiet = { ...comparison, sections: { trace: null } };
  expect(makeReport([makeImage(quiet)]).images[0]?.notes).toEqual([]);
});
