import { digestOf } from '../../src/base/digest.ts';
import { makeReport } from '../../src/core/report/make-report.ts';
import type { Report, ReportedImage } from '../../src/core/report/report.ts';
import type { Platform } from '../../src/core/words/platform.ts';
import {
  addedFile,
  BASELINE,
  makeAttachment,
  makeComparison,
  makeImage,
  makeSnapshot,
  makeState,
  modifiedFile,
  type Row,
  removedFile,
} from './report-makers.ts';

const BASE_ROWS: readonly Row[] = [
  { status: 'unchanged', step: '/bin/sh -c #(nop) ADD file in /', size: 74_800_000 },
  {
    status: 'unchanged',
    step: 'RUN addgroup --gid 1000 shop && adduser --uid 1000 --gid 1000 --disabled-password shop',
    size: 8_940,
  },
  {
    status: 'unchanged',
    step: 'RUN set -eux; url="https://downloads.example/runtime/$RUNTIME_VERSION/runtime-linux-x64.tar.xz"; curl -fsSL "$url" | tar -xJ --strip-components=1 -C /usr/local',
    size: 161_000_000,
  },
  { status: 'unchanged', step: 'WORKDIR /app', size: 1_536 },
];

const READING = { reused: 4, read: 3, bytesRead: 82_100_000, from: [] };

const changed: ReportedImage = makeImage(
  makeComparison(
    [
      ...BASE_ROWS,
      {
        status: 'rebuilt',
        cause: 'content',
        step: 'COPY package.json package-lock.json ./',
        size: 412_000,
        sizeBefore: 409_500,
      },
      {
        status: 'rebuilt',
        cause: 'content',
        step: 'RUN npm ci --omit=dev',
        size: 188_000_000,
        sizeBefore: 176_900_000,
      },
      {
        status: 'rebuilt',
        cause: 'timestamps',
        step: 'COPY dist ./dist',
        size: 2_310_000,
        sizeBefore: 2_310_000,
      },
      { status: 'removed', step: 'COPY config.json /app/config.json', size: 1_024 },
      { status: 'added', step: 'COPY --chmod=4755 healthcheck /usr/local/bin/healthcheck', size: 1_204_224 },
      { status: 'moved', step: 'COPY LICENSE /', size: 11_264 },
    ],
    [
      modifiedFile('app/package.json', 4, ['content'], { size: 1_810 }, { size: 1_846 }),
      modifiedFile('app/package-lock.json', 4, ['content'], { size: 405_600 }, { size: 408_100 }),
      addedFile('app/node_modules/sharp', 5, { type: 'dir', mode: '0755' }),
      addedFile('app/node_modules/sharp/build/Release/sharp-linux-x64.node', 5, {
        mode: '0755',
        size: 334_320,
      }),
      addedFile('app/node_modules/sharp/vendor/lib/libvips-cpp.so.42', 5, { size: 10_602_000 }),
      addedFile('app/node_modules/sharp/vendor/lib/libvips-cpp.so', 5, {
        type: 'symlink',
        mode: '0777',
        linkTarget: 'libvips-cpp.so.42',
      }),
      addedFile('app/node_modules/sharp/LICENSE', 5, { size: 10_174 }),
      modifiedFile(
        'app/node_modules/.package-lock.json',
        5,
        ['content'],
        { size: 398_000 },
        { size: 400_400 },
      ),
      modifiedFile('app/node_modules/pino/pino.js', 5, ['content'], { size: 7_101 }, { size: 7_101 }),
      removedFile('app/node_modules/left-pad/index.js', 5, { size: 1_200 }),
      removedFile('app/node_modules/left-pad', 5, { type: 'dir', mode: '0755' }),
      {
        ...modifiedFile('var/log/dpkg.log', 5, ['content'], { size: 9_000 }, { size: 9_000 }),
        volatile: true,
      },
      {
        ...modifiedFile('var/log/apt/history.log', 5, ['content'], { size: 800 }, { size: 800 }),
        volatile: true,
      },
      addedFile('usr/local/bin/healthcheck', 7, { mode: '4755', size: 1_203_200 }),
      modifiedFile(
        'etc/app/secret.key',
        7,
        ['mode', 'owner'],
        { mode: '0600', uid: 1000, gid: 1000 },
        { mode: '0644' },
      ),
      removedFile('app/config.json', null, { size: 512 }),
    ],
    [
      { path: '/config/Env/NODE_VERSION', base: '22.11.0', target: '22.12.0' },
      { path: '/config/Env/NPM_TOKEN', base: 'npm_hunter2', target: 'npm_hunter3' },
      { path: '/config/Env/SENTRY_DSN', base: null, target: 'https://hunter2@sentry.example/1' },
      { path: '/config/Cmd', base: ['node', 'server.js'], target: ['node', 'dist/server.js'] },
      {
        path: '/config/Labels/org.opencontainers.image.created',
        base: '2026-01-01',
        target: '2026-01-02',
        volatile: true,
      },
    ],
  ),
  { reading: READING },
);

const UNCHANGED_ON: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };

/** Reports that stand for what people will see; each has a golden file a format. */
export const SCENARIOS: Readonly<Record<string, () => Report>> = {
  unchanged: () =>
    makeReport([
      makeImage(makeComparison(BASE_ROWS), { reading: { reused: 4, read: 0, bytesRead: 0, from: [] } }),
    ]),

  'rebuilt-timestamps': () => {
    const rows: Row[] = [
      ...BASE_ROWS.slice(0, 1),
      ...BASE_ROWS.slice(1).map((row): Row => ({ ...row, status: 'rebuilt', cause: 'timestamps' })),
    ];
    const image = makeImage(makeComparison(rows), {
      reading: { reused: 1, read: 3, bytesRead: 64_400_000, from: [] },
    });
    return makeReport([image]);
  },

  changed: () => makeReport([changed]),

  attested: () =>
    makeReport([
      {
        ...changed,
        locations: [
          ...BASE_ROWS.map(() => ({ file: 'docker/web.Dockerfile', firstLine: 1, lastLine: 1 })),
          { file: 'docker/web.Dockerfile', firstLine: 12, lastLine: 12 },
          { file: 'docker/web.Dockerfile', firstLine: 13, lastLine: 15 },
          null,
          { file: 'an/endless/row/of/folders/that/leads/to/the/Dockerfile', firstLine: 201, lastLine: 220 },
        ],
        attachments: [
          makeAttachment('attestation', ['https://slsa.dev/provenance/v0.2', 'https://spdx.dev/Document']),
          makeAttachment('artifact', [], 'application/vnd.acme.scan+json'),
        ],
      },
    ]),

  'config-only': () =>
    makeReport([
      makeImage(makeComparison(BASE_ROWS, [], [{ path: '/config/User', base: null, target: 'node' }]), {
        reading: { reused: 4, read: 0, bytesRead: 0, from: [] },
      }),
    ]),

  first: () =>
    makeReport([
      makeImage(null, {
        keptIn: 'dir:.varve',
        snapshot: makeSnapshot(BASE_ROWS),
        reading: { reused: 0, read: 4, bytesRead: 94_300_000, from: [] },
        findings: [
          { layer: 2, code: 'duplicate-entry', path: 'usr/local/README.md', detail: 'the later entry holds' },
        ],
        attachments: [makeAttachment('attestation', ['https://slsa.dev/provenance/v1'])],
        notes: [
          'The baseline in `dir:.varve` is damaged (a snapshot does not hash to its name), so this is a first run.',
        ],
      }),
    ]),

  single: () => makeReport([makeImage(null, { snapshot: makeSnapshot(BASE_ROWS) })]),

  'rolled-up': () => makeReport([manyFiles()]),

  incomplete: () =>
    makeReport([
      makeImage(
        {
          ...makeComparison([
            ...BASE_ROWS,
            { status: 'rebuilt', cause: 'content', step: 'COPY . .', size: 4096 },
          ]),
          changed: true,
          sections: {
            uncompared: {
              count: 1,
              items: [{ what: 'files', why: 'lost', side: 'base', layer: 4, digest: digestOf('inventory') }],
            },
          },
        },
        { reading: { reused: 4, read: 1, bytesRead: 1638, from: [] } },
      ),
    ]),

  unverified: () =>
    makeReport([
      makeImage(makeComparison(BASE_ROWS), {
        reading: { reused: 4, read: 0, bytesRead: 0, from: [] },
        notes: ['The entry of the cache may be forged: a pull request can save one under this name.'],
        change: {
          comparison: { ...makeComparison(BASE_ROWS), changed: null },
          baseline: { ...BASELINE, place: 'cache', found: 'base-commit', distance: 0, unverified: true },
        },
      }),
    ]),

  hostile: () => makeReport([hostileImage((text) => text)]),

  huge: () => makeReport([hugeImage()]),

  platforms: () =>
    makeReport([
      changed,
      onArm(
        makeImage(makeComparison(BASE_ROWS), { reading: { reused: 4, read: 0, bytesRead: 0, from: [] } }),
      ),
    ]),

  'platforms-alike': () =>
    makeReport(
      [
        on(
          UNCHANGED_ON,
          makeImage(makeComparison(BASE_ROWS), { reading: { reused: 4, read: 0, bytesRead: 0, from: [] } }),
        ),
        changed,
        onArm(changed),
        on({ os: 'linux', architecture: 's390x' }, larger(changed)),
        on(
          { os: 'linux', architecture: 'riscv64' },
          makeImage(null, { snapshot: makeSnapshot(BASE_ROWS), keptIn: 'dir:.varve', isNew: true }),
        ),
      ],
      {
        gone: [{ os: 'linux', architecture: '386' }],
        absent: ['linux/ppc64le'],
        failures: [
          {
            platform: { os: 'linux', architecture: 'mips64le' },
            problem: 'layer 3 (sha256:00): its bytes hash to sha256:11',
          },
        ],
        notes: [],
      },
    ),
};

/** One of them by name. */
export function scenario(name: string): Report {
  const make = SCENARIOS[name];
  if (make === undefined) throw new Error(`there is no scenario ${name}`);
  return make();
}

/** The same with other sizes, as on another platform. */
const larger = (image: ReportedImage): ReportedImage => {
  if (image.change === null) return image;
  const { comparison } = image.change;
  const layers = comparison.layers.map((layer) => ({
    ...layer,
    ...(layer.target && {
      target: { ...layer.target, uncompressedSize: layer.target.uncompressedSize + 1e6 },
    }),
  }));
  return { ...image, change: { ...image.change, comparison: { ...comparison, layers } } };
};

const onArm = (image: ReportedImage): ReportedImage =>
  on({ os: 'linux', architecture: 'arm64', variant: 'v8' }, image);

const on = (platform: Platform, image: ReportedImage): ReportedImage => ({
  ...image,
  snapshot: { ...image.snapshot, platform },
});

/** Texts that would break out of a careless report. */
export const HOSTILE_TEXTS: readonly string[] = [
  '</summary></details><h1>pwned</h1>',
  '`` ` ``` code',
  '| cell | cell |\n|---|---|',
  '\r\n::set-output name=x::pwned',
  '::error file=a::pwned',
  'x ##[add-mask]e ##vso[task.setvariable variable=a]b',
  '@octocat @org/team #1 octo/cat#2 GH-3',
  '[click](https://evil.example) ![x](https://evil.example/x.png)',
  'https://evil.example/ www.evil.example me@evil.example',
  '<img src=x onerror=alert(1)><!-- -->',
  '-->\n\n# heading',
  '\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007link\u0007',
  'user\u202etxt.exe\u2066',
  'zero\u200bwidth\ufeff\u00ad',
  `Z${'\u0300'.repeat(300)}algo`,
  '```\n\n</details>\n\n$\\sqrt{x}$ :smile: ~~x~~ **b** _i_',
  '\ud800 lone \udfff',
  `${'long/'.repeat(2000)}end`,
  '&lt;b&gt; &#64;octocat',
  '\\| \\` \\',
  'tab\tfeed\fnull\u0000del\u007f\u009b31m',
  '漢字/ファイル名/🙂',
];

/** An image in which every text that an attacker may choose is passed through `spoil`. */
export function hostileImage(spoil: (text: string, place: number) => string): ReportedImage {
  let place = 0;
  const next = (text: string): string => spoil(text, place++);
  const pick = (text: string): string => next(HOSTILE_TEXTS[place % HOSTILE_TEXTS.length] ?? text);
  const rows: Row[] = HOSTILE_TEXTS.map((_, index) => ({
    status: index % 5 === 4 ? 'removed' : 'rebuilt',
    ...(index % 5 !== 4 && { cause: 'step' as const }),
    step: pick('step'),
    stepBefore: pick('before'),
    size: 1000 * (index + 1),
  }));
  const files = HOSTILE_TEXTS.flatMap((_, index) => [
    addedFile(pick('path'), index % 3, { type: 'symlink', linkTarget: pick('target') }),
    modifiedFile(
      pick('path'),
      index % 3,
      ['link'],
      { type: 'symlink', linkTarget: pick('old') },
      { type: 'symlink', linkTarget: pick('new') },
    ),
    addedFile(pick('path'), index % 3, makeState({ mode: '4755', size: index })),
    removedFile(pick('path'), null),
  ]);
  const config = HOSTILE_TEXTS.map((_, index) => ({
    path: index % 2 === 0 ? `/config/Labels/${pick('label')}` : `/config/Env/${pick('name')}`,
    base: pick('value'),
    target: index % 3 === 0 ? [pick('value')] : pick('value'),
  }));
  const image = makeImage(makeComparison(rows, files, config));
  return {
    ...image,
    name: pick('name'),
    keptIn: pick('place'),
    reference: pick('reference'),
    snapshot: { ...image.snapshot, platform: { os: pick('os'), architecture: pick('architecture') } },
    change: image.change && {
      ...image.change,
      baseline: {
        ...image.change.baseline,
        place: pick('place'),
        commit: pick('commit'),
        branch: pick('branch'),
      },
    },
    findings: HOSTILE_TEXTS.map(() => ({
      layer: 0,
      code: 'duplicate-entry',
      path: pick('path'),
      detail: pick('detail'),
    })),
    notes: [pick('note'), pick('note')],
    attachments: [
      makeAttachment(
        'attestation',
        HOSTILE_TEXTS.map(() => pick('type')),
      ),
      makeAttachment('artifact', [], pick('artifact')),
    ],
    locations: HOSTILE_TEXTS.map(() => ({ file: pick('file'), firstLine: 1, lastLine: 2 })),
  };
}

/** A layer that changes many files in many directories. */
function manyFiles(): ReportedImage {
  const packages = ['typescript', '@aws-sdk/client-s3', 'sharp', 'left-pad', 'pino'];
  const files = packages.flatMap((folder, place) =>
    Array.from({ length: 40 * (place + 1) }, (_, file) =>
      addedFile(`app/node_modules/${folder}/lib/file-${String(file).padStart(3, '0')}.js`, 5, {
        size: 1000 * (file + 1) * (packages.length - place),
      }),
    ),
  );
  const rows: Row[] = [
    ...BASE_ROWS,
    { status: 'rebuilt', cause: 'content', step: 'COPY package.json ./', size: 4096, sizeBefore: 4096 },
    { status: 'rebuilt', cause: 'content', step: 'RUN npm ci', size: 80_000_000, sizeBefore: 40_000_000 },
  ];
  const changes = [
    modifiedFile('app/package.json', 4, ['content'], { size: 900 }, { size: 910 }),
    modifiedFile(
      'app',
      5,
      ['owner'],
      { type: 'dir', mode: '0755' },
      { type: 'dir', mode: '0755', uid: 1000, gid: 1000 },
    ),
    removedFile('etc/motd', 5, { size: 286 }),
    ...files,
  ];
  return makeImage(makeComparison(rows, changes), {
    reading: { reused: 4, read: 2, bytesRead: 32_000_000, from: ['an export of the engine'] },
  });
}

function hugeImage(): ReportedImage {
  const rows: Row[] = Array.from({ length: 120 }, (_, index) => ({
    status: 'rebuilt',
    cause: 'content',
    step: `RUN make module-${index} && install --strip build/module-${index} /opt/modules`,
    size: 3_000_000 + index * 10_000,
    sizeBefore: 3_000_000,
  }));
  const files = rows.flatMap((_, index) =>
    Array.from({ length: 60 }, (__, file) =>
      addedFile(`opt/modules/module-${index}/share/locale/part-${String(file).padStart(4, '0')}.dat`, index, {
        size: file * 10,
      }),
    ),
  );
  return makeImage(makeComparison(rows, files), {
    reading: { reused: 0, read: 120, bytesRead: 77_000_000, from: [] },
  });
}
