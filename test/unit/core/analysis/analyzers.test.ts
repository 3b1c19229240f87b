import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import type { LayerAnalyzer } from '../../../../src/core/analysis/analyzer.ts';
import { analyzerKey } from '../../../../src/core/analysis/analyzer-key.ts';
import { findAnalyzer } from '../../../../src/core/analysis/analyzers.ts';
import { ANALYZERS } from '../../../../src/core/analysis/catalogue.ts';
import { readContents, wantContents } from '../../../../src/core/analysis/contents/contents-analyzer.ts';
import { filesAnalyzer } from '../../../../src/core/analysis/files/files-analyzer.ts';
import { LAYER_FINDINGS } from '../../../../src/core/layer/layer-findings.ts';
import { findScripts, scriptsAnalyzer, WITH_EXAMPLES } from '../../../support/example-analyzers.ts';
import { file, hardlink, symlink } from '../../../support/hostile-images.ts';
import { readBytes, readFault } from '../../../support/read-layer.ts';
import { tarEntry, tarOf } from '../../../support/tar-writer.ts';

/** A layer in which layer and analyzers have something to find. */
const ODD = tarOf(
  file('../escaped', '#!/bin/sh'),
  file('twice', '#!/bin/sh'),
  file('twice', '#!/bin/awk -f'),
  file('etc/.wh.', ''),
  symlink('link', 'twice'),
);

describe('analyzers side by side', () => {
  it('are not seen in the fragments of each other', async () => {
    const [alone] = (await readBytes(ODD)).fragments;
    const { fragments, findings } = await readBytes(ODD, { analyzers: WITH_EXAMPLES.layers });
    expect(fragments[0]).toEqual(alone);
    expect(fragments[1]).toEqual(
      (await readBytes(ODD, { analyzers: [scriptsAnalyzer, filesAnalyzer] })).fragments[0],
    );
    expect(alone?.findings.map(({ code }) => code)).toEqual(['duplicate-entry']);
    expect(fragments[1]?.findings.map(({ code }) => code)).toEqual(['script', 'script', 'script']);
    expect(findings.map(({ code }) => code)).toEqual(['bad-whiteout', 'escaping-path']);
  });

  it('may report any number of findings, and leave the room of the others alone', async () => {
    const chatty: LayerAnalyzer<'odd'> = {
      ...scriptsAnalyzer,
      key: analyzerKey('layer.odd', 'odd@1'),
      findings: { odd: 'Everything is.' },
      withOptions: () => chatty,
      begin: ({ findings }) => ({
        leave: ({ path }) => {
          for (let count = 0; count < 2000; count++) findings.add('odd', `${path}/${'x'.repeat(10_000)}`);
        },
        finish: (_, payload) => payload.write('{}'),
      }),
    };
    const { fragments } = await readBytes(ODD, { analyzers: [chatty, filesAnalyzer] });
    expect(fragments[1]).toEqual((await readBytes(ODD)).fragments[0]);
    expect(fragments[0]?.findings.at(0)).toEqual({ code: 'findings-omitted', detail: '9000 more of odd' });
    expect(fragments[0]?.findings).toHaveLength(1001);
  });

  it('are run where they are wanted alone', async () => {
    const want = [{ key: scriptsAnalyzer.key, options: scriptsAnalyzer.options }];
    const { fragments } = await readBytes(ODD, { analyzers: WITH_EXAMPLES.layers, want });
    expect(fragments.map(({ analyzer }) => analyzer)).toEqual(['scripts@1']);
  });

  it('report under codes that are theirs alone', () => {
    const codes = [
      ...Object.keys(LAYER_FINDINGS),
      ...[...ANALYZERS.layers, ...ANALYZERS.images].flatMap(({ findings }) => Object.keys(findings)),
    ];
    expect(codes).toEqual([...new Set(codes)]);
  });
});

describe('an analyzer is found', () => {
  const { layers } = WITH_EXAMPLES;

  it('by its key', () => {
    expect(findAnalyzer(layers, filesAnalyzer)).toBe(filesAnalyzer);
    expect(findAnalyzer(layers, scriptsAnalyzer)).toBe(scriptsAnalyzer);
  });

  it('with other options than it has by itself', async () => {
    const { key, options } = findScripts('/bin/awk');
    const analyzer = findAnalyzer(layers, { key, options });
    expect(analyzer.key).toEqual(key);
    const { fragments } = await readBytes(ODD, { analyzers: [analyzer] });
    expect(fragments[0]?.findings).toEqual([{ code: 'script', path: 'twice' }]);
  });

  it.each([
    ['of another version', { ...filesAnalyzer.key, analyzer: 'files@0' }, {}],
    ['of another kind', { ...filesAnalyzer.key, kind: 'layer.other' }, {}],
    [
      'with options that it does not take',
      analyzerKey('layer.files', 'files@1', { deep: true }),
      { deep: true },
    ],
    ['whose options are not those of its key', findScripts('/bin/awk').key, { interpreter: '/bin/sh' }],
  ])('in no other case: %s', (_, key, options) => {
    expect(() => findAnalyzer(layers, { key, options })).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('contents of files', () => {
  const sha256 = (text: string) => digestOf(text).slice('sha256:'.length);
  const content = (text: string) => ({ sha256: sha256(text), size: text.length });

  async function contentsOf(tar: Buffer, wanted: readonly string[]) {
    const analyzer = wantContents(wanted.map(content));
    const { key, options } = analyzer;
    const { fragments } = await readBytes(tar, { analyzers: [], want: [{ key, options }] });
    const payload = zstdDecompressSync(fragments[0]?.compressed ?? Buffer.alloc(0));
    return new Map([...readContents(payload)].map(([hash, bytes]) => [hash, bytes.toString()]));
  }

  it('come by their hashes, whatever else has their size', async () => {
    const tar = tarOf(
      file('other', 'bbb'),
      file('one', 'aaa'),
      hardlink('same', 'one'),
      file('again', 'aaa'),
      file('empty', ''),
    );
    expect(await contentsOf(tar, ['aaa', 'ccc', ''])).toEqual(
      new Map([
        [sha256('aaa'), 'aaa'],
        [sha256(''), ''],
      ]),
    );
  });

  it('are bytes, of any length', async () => {
    const large = '\u{1f4a5}\0\n"'.repeat(200_000);
    const tar = tarOf(tarEntry({ name: 'large' }, large));
    const { fragments } = await readBytes(tar, {
      want: [wantContents([{ sha256: sha256(large), size: Buffer.byteLength(large) }])],
    });
    const [found] = readContents(zstdDecompressSync(fragments[0]?.compressed ?? Buffer.alloc(0)));
    expect(found?.[1].toString()).toBe(large);
  });
});

it('an analyzer that nobody has is our own fault, and no fault of the layer', async () => {
  const want = [{ key: analyzerKey('layer.none', 'none@1'), options: {} }];
  expect(await readFault(ODD, { want })).toMatchObject({ code: 'internal' });
});
