import { ATTENTION_KINDS, type AttentionItem } from '../../src/core/attention/attention.ts';
import { makeReport } from '../../src/core/report/make-report.ts';
import { renderImages } from '../../src/core/report/markdown/render-images.ts';
import { COMMENT_LIMIT, renderSection } from '../../src/core/report/markdown/render-markdown.ts';
import type { ReportedImage } from '../../src/core/report/report.ts';
import type { Platform } from '../../src/core/words/platform.ts';
import {
  addedFile,
  BASELINE,
  makeComparison,
  makeImage,
  makeSnapshot,
  modifiedFile,
  type Row,
  withAttention,
} from './report-makers.ts';

/** The workflow run that pages are of. */
export const RUN_URL = 'https://github.com/acme/web/actions/runs/18000000001';
export const SOURCE = {
  server: 'https://github.com',
  repository: 'acme/web',
  commit: '9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c',
};

const BASE: readonly Row[] = [
  { status: 'unchanged', step: 'RUN debootstrap', size: 74_800_000 },
  { status: 'unchanged', step: 'RUN groupadd --gid 1000 node && useradd --uid 1000 node', size: 8_940 },
  {
    status: 'unchanged',
    step: 'RUN curl -fsSLO https://nodejs.org/dist/node.tar.xz && tar -xJf node.tar.xz',
    size: 161_000_000,
  },
];

const APP: readonly Row[] = [
  { status: 'unchanged', step: 'WORKDIR /app', size: 1_536 },
  { status: 'unchanged', step: 'COPY package.json package-lock.json ./', size: 412_000 },
  { status: 'unchanged', step: 'RUN npm ci --omit=dev', size: 88_000_000 },
  { status: 'unchanged', step: 'COPY assets ./assets', size: 41_000_000 },
  { status: 'unchanged', step: 'COPY src ./src', size: 4_200_000 },
  { status: 'unchanged', step: 'RUN npm run build', size: 12_400_000 },
];

const LOCATIONS = [...BASE.map(() => 1), 4, 6, 7, 9, 14, 15].map((line) => ({
  ...{ file: 'Dockerfile', firstLine: line, lastLine: line },
}));

const baseline = { ...BASELINE, found: 'base-commit', distance: 0, place: 'cache', age: 2 * 3600 } as const;

/** The application with some of its layers otherwise. */
function app(
  changes: Readonly<Record<number, Partial<Row>>>,
  files: Parameters<typeof makeComparison>[1] = [],
  config: Parameters<typeof makeComparison>[2] = [],
  more: Partial<ReportedImage> = {},
  items: readonly AttentionItem[] = [],
): ReportedImage {
  const rows = [...BASE, ...APP].map((row, index): Row => ({ ...row, ...changes[index] }));
  const comparison = withAttention(makeComparison(rows, files, config), ...items);
  return makeImage(comparison, {
    ...{ name: 'acme/web', reference: 'docker-daemon:acme/web', keptIn: null, locations: LOCATIONS },
    change: { baseline, comparison },
    ...more,
  });
}

const rebuilt = (cause: NonNullable<Row['cause']>, more: Partial<Row> = {}): Partial<Row> => ({
  ...{ status: 'rebuilt', cause },
  ...more,
});

const sources = [
  ...Array.from({ length: 6 }, (_, index) =>
    addedFile(`app/src/checkout/step-${index + 1}.ts`, 7, { size: 190_000 + 7_000 * index }),
  ),
  modifiedFile('app/src/routes.ts', 7, ['content'], { size: 14_300 }, { size: 15_100 }),
  modifiedFile('app/src/cart.ts', 7, ['content'], { size: 8_200 }, { size: 9_000 }),
  modifiedFile('app/src/index.ts', 7, ['content'], { size: 2_100 }, { size: 2_160 }),
];

const oneLayer = (more: Partial<ReportedImage> = {}): ReportedImage =>
  app({ 7: rebuilt('content', { size: 7_200_000, sizeBefore: 4_200_000 }) }, sources, [], more);

const NODE = (version: string, layers = BASE.length) => ({
  ...{ name: `node:${version}-slim`, layers },
  digest: `sha256:${version.replaceAll('.', '').repeat(16).slice(0, 64).padEnd(64, '0')}`,
});

const upstreamFiles = (layer: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    modifiedFile(`usr/lib/part-${index}.so`, layer, ['content'], { size: 9_000 }, { size: 8_900 }),
  );

const bumped = {
  0: rebuilt('content', { size: 74_100_000, sizeBefore: 74_800_000 }),
  1: rebuilt('timestamps'),
  2: rebuilt('content', { size: 160_200_000, sizeBefore: 161_000_000 }),
};

const onTop = Object.fromEntries(APP.map((_, index) => [BASE.length + index, rebuilt('timestamps')]));

const baseBump = (): ReportedImage =>
  app(
    { ...bumped, ...onTop },
    [
      ...upstreamFiles(0, 132),
      ...upstreamFiles(2, 82).map((file) => ({ ...file, path: `usr/local/${file.path}` })),
    ],
    [],
    { baseImage: { before: NODE('22.11'), after: NODE('22.12') } },
  );

const cacheBust = (): ReportedImage =>
  app(Object.fromEntries([4, 5, 6, 7, 8].map((index) => [index, rebuilt('timestamps')])));

const attention = (...items: readonly AttentionItem[]): ReportedImage =>
  app(
    {
      5: rebuilt('content', { size: 92_000_000, sizeBefore: 88_000_000 }),
      7: rebuilt('content', { size: 4_300_000, sizeBefore: 4_200_000 }),
      8: rebuilt('content'),
    },
    [
      addedFile('usr/local/bin/healthcheck', 7, { mode: '4755', size: 1_203_200 }),
      addedFile('app/src/.env', 7, { size: 212 }),
      modifiedFile('app/node_modules/pino/pino.js', 5, ['content'], { size: 7_101 }, { size: 7_301 }),
      modifiedFile('app/dist/index.js', 8, ['content'], { size: 812_000 }, { size: 812_700 }),
    ],
    [{ path: '/config/User', base: 'node', target: null }],
    {},
    items,
  );

const SETUID = { kind: 'setuid', path: 'usr/local/bin/healthcheck', layer: 7 } as const;

const several = (): ReportedImage =>
  attention({ kind: 'secret', path: 'app/src/.env', layer: 7 }, SETUID, {
    ...{ kind: 'root-user', path: null, layer: null },
  });

/** Of every kind. */
const everyKind = (): ReportedImage =>
  attention(
    ...ATTENTION_KINDS.map((kind, index) => ({
      ...{ kind, path: `opt/tools/part-${index}`, layer: index % 9, count: 12, bytes: 4_200_000 },
      other: kind === 'duplicate' || kind === 'shadowed' ? 'usr/bin/part' : 8,
    })),
  );

const unchanged = (more: Partial<ReportedImage> = {}): ReportedImage => app({}, [], [], more);

const first = (more: Partial<ReportedImage> = {}): ReportedImage =>
  makeImage(null, {
    ...{ name: 'acme/web', reference: 'docker-daemon:acme/web', locations: LOCATIONS, pullRequest: 7 },
    snapshot: makeSnapshot([...BASE, ...APP]),
    ...more,
  });

const on = (platform: Platform, image: ReportedImage): ReportedImage => ({ ...image, listedAs: platform });
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

const platforms = () =>
  makeReport([
    on(AMD64, oneLayer()),
    on(ARM64, oneLayer()),
    on({ os: 'linux', architecture: 's390x' }, unchanged()),
  ]);

const failed = () =>
  makeReport([on(AMD64, oneLayer())], {
    ...{ gone: [], absent: [], notes: [] },
    failures: [{ platform: ARM64, problem: 'layer 3: its bytes do not hash to its digest' }],
  });

const incomplete = (): ReportedImage => {
  const image = oneLayer();
  if (image.change === null) throw new Error('it is compared');
  const items = [{ what: 'files', why: 'lost', side: 'base', layer: 7, digest: image.snapshotDigest }];
  const comparison = {
    ...image.change.comparison,
    files: null,
    sections: { uncompared: { count: 1, items } },
  };
  return { ...image, change: { ...image.change, comparison } };
};

/** An image of very many layers, of which some changed. */
function manyLayers(changed: (index: number) => boolean): ReportedImage {
  const rows = Array.from(
    { length: 300 },
    (_, index): Row => ({
      ...(changed(index) ? rebuilt('content') : { status: 'unchanged' }),
      ...{ status: changed(index) ? 'rebuilt' : 'unchanged' },
      step: `RUN make module-${index} && install build/module-${index} /opt/modules`,
      size: 3_000_000 + index * 10_000,
    }),
  );
  const files = rows.flatMap((row, index) =>
    row.status === 'rebuilt' ? [addedFile(`opt/modules/module-${index}`, index, { size: 90_000 })] : [],
  );
  const comparison = makeComparison(rows, files);
  return makeImage(comparison, { name: 'acme/modules', change: { baseline, comparison } });
}

const section = (...images: readonly [ReportedImage, ...ReportedImage[]]): string =>
  renderSection(makeReport(images), { whole: RUN_URL, source: SOURCE });

const named = (name: string, image: ReportedImage) => makeReport([{ ...image, name: `acme/${name}` }]);

const twelve = (): string =>
  renderImages(
    [
      named('api', several()),
      named('web', oneLayer()),
      named('worker', baseBump()),
      named('mailer', baseBump()),
      named('search', first()),
      ...['admin', 'billing', 'cron', 'docs', 'gateway', 'media', 'proxy'].map((name) =>
        named(name, unchanged()),
      ),
    ],
    { limit: COMMENT_LIMIT, whole: RUN_URL, source: SOURCE },
  );

/** What pull requests show, by what happened. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'first-run': () => section(first()),
  unchanged: () => section(unchanged()),
  'one-layer': () => section(oneLayer()),
  'base-bump': () => section(baseBump()),
  'base-bump-and-yours': () =>
    section(
      app(
        { ...bumped, ...onTop, 7: rebuilt('content', { size: 7_200_000, sizeBefore: 4_200_000 }) },
        [...upstreamFiles(0, 132), ...upstreamFiles(2, 82), ...sources],
        [],
        { baseImage: { before: NODE('22.11'), after: NODE('22.12') } },
      ),
    ),
  'cache-bust': () => section(cacheBust()),
  attention: () => section(several()),
  'attention-of-every-kind': () => section(everyKind()),
  'attention-of-old': () => section(attention()),
  incomplete: () => section(incomplete()),
  'twelve-images': twelve,
  platforms: () => renderSection(platforms(), { whole: RUN_URL, source: SOURCE }),
  'failed-platform': () => renderSection(failed(), { whole: RUN_URL, source: SOURCE }),
  'many-layers': () => section(manyLayers((index) => index === 12 || index === 250)),
  'all-of-many-layers': () => section(manyLayers((index) => index > 2)),
};
