import { fromText, toText } from '../../src/base/byte-text.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import type { LayerAnalyzer } from '../../src/core/analysis/analyzer.ts';
import { analyzerKey } from '../../src/core/analysis/analyzer-key.ts';
import type { Analyzers } from '../../src/core/analysis/analyzers.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import { type ImageAnalyzer, imageAnalyzerKey } from '../../src/core/analysis/image-analyzer.ts';
import { malformed } from '../../src/core/words/stored-json.ts';

/** Finds scripts: files that begin with `#!` and the interpreter that it is told, or any. */
export function findScripts(interpreter = ''): LayerAnalyzer<'script'> {
  const options = { interpreter };
  const magic = Buffer.from(`#!${interpreter}`);
  return {
    key: analyzerKey('layer.scripts', 'scripts@1', options),
    options,
    format: 'json',
    keepDays: 7,
    findings: { script: 'A file is a script.' },
    withOptions: ({ interpreter: wanted }) => findScripts(String(wanted)),
    begin({ findings }) {
      const scripts: string[] = [];
      let begins = Buffer.alloc(0);
      return {
        enter({ type }) {
          begins = Buffer.alloc(0);
          return type === 'file';
        },
        content(bytes, start, end) {
          if (begins.length < magic.length) begins = Buffer.concat([begins, bytes.subarray(start, end)]);
        },
        leave({ path, type }) {
          if (type !== 'file' || !begins.subarray(0, magic.length).equals(magic)) return;
          scripts.push(toText(path));
          findings.add('script', path);
        },
        finish: ({ diffId }, payload) =>
          payload.write(fromText(canonicalJson({ diffId, scripts: scripts.sort() }))),
      };
    },
    examine(head, { diffId }, object) {
      if (JSON.parse(head.toString()).diffId !== diffId) throw malformed(object, `is not of layer ${diffId}`);
    },
  };
}

export const scriptsAnalyzer = findScripts();

/** What a release analyzer found. */
export interface Release {
  readonly config: string;
  readonly name: string | null;
  readonly scripts: readonly string[];
}

/** Tells which distribution an image is of, and lists the scripts of all its layers. */
export const releaseAnalyzer: ImageAnalyzer<'unnamed'> = {
  key: imageAnalyzerKey('test.release', 'release@1', [filesAnalyzer.key, scriptsAnalyzer.key]),
  needs: [filesAnalyzer.key, scriptsAnalyzer.key],
  format: 'json',
  keepDays: 30,
  findings: { unnamed: 'The image does not say what it is.' },
  async analyze(image, { payload, findings }) {
    const scripts: string[] = [];
    for await (const fragment of image.fragments('layer.scripts'))
      scripts.push(...JSON.parse(fragment.toString()).scripts);
    const files = await image.readFiles(['etc/os-release']);
    const name = /^NAME=(.*)$/m.exec(files.get('etc/os-release')?.toString() ?? '')?.[1] ?? null;
    if (name === null) findings.add('unnamed');
    const release: Release = { config: image.object, name, scripts };
    payload.write(fromText(canonicalJson(release)));
  },
  examine(head, { config }, object) {
    if (JSON.parse(head.toString()).config !== `image ${config}`)
      throw malformed(object, `is not of image ${config}`);
  },
};

/** Those of the build, and one of each kind from outside. */
export const WITH_EXAMPLES: Analyzers = {
  layers: [...ANALYZERS.layers, scriptsAnalyzer],
  images: [...ANALYZERS.images, releaseAnalyzer],
};
