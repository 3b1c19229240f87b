import { listForms } from '../../settings/baseline.ts';
import { type Command, defineCommand } from './command.ts';

const STORE_WORDING = {
  baseline: `Store to look into, unless --cas-root names one: ${listForms()}.`,
} as const;
const OWN_STORE_WORDING = {
  'cas-root': 'Folder of the store, which keeps what was read of each layer. Default: ~/.local/share/varve.',
} as const;

/** What looks into one image. */
const LOOK_WORDING = {
  ...OWN_STORE_WORDING,
  platform: 'Platform of a multi-platform image. Default: linux on the architecture of this machine.',
} as const;

const IMAGE = ['<image>', 'image reference, such as docker://HOST/NAME, oci:DIR or ./saved.tar'] as const;

const snapshot = defineCommand(
  {
    name: 'snapshot',
    heading: 'Record',
    arguments: [['[image]', 'image reference; not needed with --metadata']],
    summary: 'Record an image layer by layer, and compare it with the last one of that name',
    formats: ['text', 'json', 'markdown'],
    reportsNotes: true,
    options: [['--all', 'show every changed file, not only the first ones']],
    examples: [
      ['varve snapshot oci:build/image --name shop/web', 'record an image under the name shop/web'],
      [
        'varve snapshot ./image.tar --baseline dir:.varve',
        'compare with the last snapshot in the folder .varve, and add this one',
      ],
      ['varve snapshot --metadata metadata.json', 'the image that docker buildx build just made'],
      ['varve snapshot docker://ghcr.io/acme/web:v2 --baseline oci:old', 'compare with another image'],
      [
        'varve snapshot oci:new --name shop/web --baseline oci://ghcr.io/acme/baselines',
        'compare with the last snapshot in a registry, and add this one',
      ],
      [
        'varve snapshot oci:new --baseline postgres://ci@db.example/varve',
        'compare with the last snapshot in a database, and add this one; PGPASSWORD has the password',
      ],
    ],
  },
  () => import('./snapshot.ts'),
);

const ci = defineCommand(
  {
    name: 'ci',
    heading: 'Record',
    arguments: [['[image]', 'image reference; not needed with --metadata']],
    summary: "Do the action's whole job in any CI system: record, compare, write reports, comment",
    formats: ['text', 'json', 'markdown'],
    reportsNotes: true,
    options: [['--all', 'show every changed file, not only the first ones']],
    examples: [
      ['varve ci shop/web', 'settings come from varve.yml and VARVE_… variables too'],
      [
        'varve ci oci:build/image --name shop/web --report-path varve-report.md --result-path varve-result.json',
        'files that the CI system keeps',
      ],
    ],
  },
  () => import('./ci.ts'),
);

const compare = defineCommand(
  {
    name: 'compare',
    aliases: ['diff'],
    heading: 'Look',
    arguments: [
      [
        '<base>',
        'what to compare with: image reference, digest of a snapshot or its beginning, or history:NAME~1',
      ],
      ['<target>', 'the image or snapshot to describe, in the same forms'],
    ],
    summary: 'Show what differs between two images or stored snapshots',
    wording: {
      baseline: `Store in which to look up history and digests: ${listForms()}. Default: that of --cas-root.`,
      ...OWN_STORE_WORDING,
    },
    formats: ['text', 'json', 'markdown'],
    options: [
      ['--exit-code', 'exit with 1 when something differs, or could not be compared'],
      ['--all', 'show every changed file, not only the first ones'],
    ],
    examples: [
      ['varve compare oci:old oci:new', 'two images'],
      ['varve compare history:shop/web~1 history:shop/web', 'the last two snapshots of a name'],
      [
        'varve compare history:shop/web oci:new --baseline oci://ghcr.io/acme/baselines',
        'the last snapshot in a registry, and an image',
      ],
    ],
  },
  () => import('./compare.ts'),
);

const inspect = defineCommand(
  {
    name: 'inspect',
    heading: 'Look',
    arguments: [IMAGE],
    summary: 'Show the manifest, the config and the layers of an image, with their sizes and steps',
    wording: OWN_STORE_WORDING,
    formats: ['text', 'json'],
    examples: [
      ['varve inspect docker://ghcr.io/acme/web:v2', 'an image in a registry; no layer is fetched'],
      ['varve inspect oci:image --platform all --json', 'every platform, as JSON for a program'],
    ],
  },
  () => import('./inspect.ts'),
);

const history = defineCommand(
  {
    name: 'history',
    aliases: ['log'],
    heading: 'Record',
    arguments: [
      [
        '[name]',
        'name of the image: its repository, or what snapshot --name gave it; with ~1, from the one before the newest on. Without a name, the names that there are',
      ],
    ],
    summary: 'List the snapshots of a name, or those that have a layer, newest first',
    wording: { ...STORE_WORDING, platform: 'Only snapshots for this platform. Default: all.' },
    formats: ['text', 'json', 'ndjson'],
    options: [
      ['--limit <count>', 'how many to list'],
      [
        '--layer <digest>',
        'only snapshots that have this layer: its digest or diffID, or the beginning of one',
      ],
    ],
    examples: [
      ['varve history', 'the names that the store has'],
      ['varve history shop/web --limit 10', 'the ten newest'],
      ['varve history --layer sha256:…', 'which images have a layer'],
      ['varve history shop/web --baseline postgres://ci@db.example/varve', 'from another store'],
    ],
  },
  () => import('./history.ts'),
);

const tree = defineCommand(
  {
    name: 'tree',
    aliases: ['ls'],
    heading: 'Look',
    arguments: [IMAGE, ['[path]', 'only this path and what is below it']],
    summary: 'List the files of an image, all layers merged, with the layer that each comes from',
    wording: LOOK_WORDING,
    formats: ['text', 'json', 'ndjson'],
    examples: [['varve tree oci:image etc', 'what is in /etc, and which layer it comes from']],
  },
  () => import('./tree.ts'),
);

const check = defineCommand(
  {
    name: 'check',
    heading: 'Look',
    arguments: [IMAGE],
    summary: 'Name what in an image somebody should look at: keys, rights, wasted bytes',
    wording: LOOK_WORDING,
    formats: ['text', 'json', 'ndjson'],
    options: [['--exit-code', 'exit with 1 when something is found']],
    examples: [
      ['varve check docker://ghcr.io/acme/web:v2', 'with the layer that brings it, and what to do'],
      ['varve check ./image.tar --json --exit-code', 'for a script'],
    ],
  },
  () => import('./check.ts'),
);

const layerLs = defineCommand(
  {
    name: 'layer ls',
    heading: 'Look',
    arguments: [IMAGE, ['<layer>', 'index from 0, digest or diffID, or the beginning of one']],
    summary: 'List the files of one layer, as its tar has them',
    wording: LOOK_WORDING,
    formats: ['text', 'json', 'ndjson'],
    examples: [['varve layer ls ./image.tar 0', 'the lowest layer']],
  },
  () => import('./layer-ls.ts'),
);

const surfacePut = defineCommand(
  {
    name: 'surface put',
    aliases: ['add'],
    heading: 'Evidence',
    arguments: [
      ['<file>', 'file with the payload: one JSON value, or with --as ndjson lines of them'],
      ['<kind>', 'what it is, such as runtime.events; image.surface for the manifest of an image'],
    ],
    summary: 'Store a file as an item, and print KIND@DIGEST of it',
    wording: {
      ...STORE_WORDING,
      baseline: `Store to put it into, unless --cas-root names one: ${listForms()}.`,
    },
    formats: ['text', 'json'],
    options: [
      ['--as <form>', 'json, or ndjson for lines; left out, what the name of the file says'],
      ['--expires <time>', 'when it may be deleted: a span such as 30d, or a time in UTC; left out, never'],
    ],
    examples: [
      ['varve surface put events.ndjson runtime.events --expires 30d', 'the same file twice is one item'],
    ],
  },
  () => import('./surface-put.ts'),
);

const surfaceGet = defineCommand(
  {
    name: 'surface get',
    heading: 'Evidence',
    arguments: [
      ['<item>', 'cas:// URI, KIND@DIGEST or DIGEST; the first 4 digits of a digest or more are enough'],
    ],
    summary:
      'Print an item of the store, and verify it first; of an image, only if all that it lists is there',
    wording: STORE_WORDING,
    formats: ['text'],
    options: [
      ['--manifest', "print the item's manifest instead of its payload"],
      ['--compressed', 'print the payload as it is stored, compressed with zstd'],
    ],
    examples: [
      ['varve surface get image.snapshot@sha256:…', 'a snapshot document'],
      ['varve surface get layer.files@sha256:… --compressed > files.zst', 'for zstd --decompress'],
    ],
  },
  () => import('./surface-get.ts'),
);

const surfaceList = defineCommand(
  {
    name: 'surface list',
    aliases: ['ls'],
    heading: 'Evidence',
    arguments: [],
    summary: 'List the items in the store',
    wording: STORE_WORDING,
    formats: ['text', 'json', 'ndjson'],
    options: [
      ['--kind <kind>', 'only items of this kind'],
      ['--limit <count>', 'how many to list'],
      ['--after <item>', 'only items after this one (KIND@DIGEST): the next page'],
    ],
    examples: [
      ['varve surface list --kind image.snapshot', 'every stored snapshot'],
      ['varve surface list --limit 100 --after layer.files@sha256:…', 'a hundred more'],
    ],
  },
  () => import('./surface-list.ts'),
);

const verify = defineCommand(
  {
    name: 'verify',
    heading: 'Evidence',
    arguments: [
      [
        '[thing]',
        `pointer file of a run, a kit, or a store: ${listForms()}. Default: the store of --cas-root, or your own`,
      ],
    ],
    summary: 'Verify a store, a kit, or everything that a run recorded, and name each damaged object',
    wording: STORE_WORDING,
    formats: ['text', 'json', 'ndjson'],
    options: [
      ['--replay <image>', 'with a pointer: record this image again, and name what was recorded otherwise'],
    ],
    examples: [
      ['varve verify dir:.varve', 'exits with 3 when something is damaged'],
      ['varve verify kit.tar.zst', 'a kit, before it is imported'],
      [
        'varve verify varve-pointer.json --replay oci:build/image',
        'make again from the image what the run recorded of it, and name what differs',
      ],
      ['varve verify varve-pointer.json --cas-root .varve', 'only what one run recorded'],
    ],
  },
  () => import('./verify.ts'),
);

/** The same without a thing to name. */
const surfaceVerify = defineCommand(
  {
    name: 'surface verify',
    heading: 'Evidence',
    arguments: [],
    summary: 'Read everything in the store and name each damaged object',
    wording: STORE_WORDING,
    formats: ['text', 'json', 'ndjson'],
    examples: [['varve surface verify --cas-root .varve', 'exits with 3 when something is damaged']],
  },
  () => import('./surface-verify.ts'),
);

const surfaceDelete = defineCommand(
  {
    name: 'surface delete',
    aliases: ['rm'],
    heading: 'Evidence',
    arguments: [
      ['<items...>', 'cas:// URI, KIND@DIGEST or DIGEST; the first 4 digits of a digest or more are enough'],
    ],
    summary: 'Delete items from the store; what an image or the history still needs, only with --force',
    wording: {
      ...STORE_WORDING,
      baseline: `Store to delete from, unless --cas-root names one: ${listForms()}.`,
    },
    formats: ['text', 'json', 'ndjson'],
    options: [['--force', 'delete them though something names them']],
    examples: [['varve surface delete runtime.events@sha256:…', 'one item']],
  },
  () => import('./surface-delete.ts'),
);

const surfaceGc = defineCommand(
  {
    name: 'surface gc',
    aliases: ['prune'],
    heading: 'Evidence',
    arguments: [],
    summary: 'Name what has expired and no new snapshot needs; with --delete, delete it',
    wording: {
      ...STORE_WORDING,
      baseline: `Store to look through, unless --cas-root names one: ${listForms()}.`,
    },
    formats: ['text', 'json'],
    options: [
      ['--delete', 'delete what is found; else nothing is changed'],
      [
        '--keep <count>',
        'how many of the newest entries of each name and platform keep all they need (default: 10)',
      ],
      ['--grace <span>', 'how long a payload may wait for its manifest, such as 12h (default: 1d)'],
    ],
    examples: [
      ['varve surface gc', 'what could go, and how much room it takes'],
      ['varve surface gc --keep 30 --delete', 'for a nightly job'],
    ],
  },
  () => import('./surface-gc.ts'),
);

const surfaceStats = defineCommand(
  {
    name: 'surface stats',
    aliases: ['du'],
    heading: 'Evidence',
    arguments: [],
    summary: 'Count and weigh what the store holds, by tenant and kind',
    wording: STORE_WORDING,
    formats: ['text', 'json'],
    examples: [['varve surface stats --cas-root .varve', 'items, bytes, and what has expired']],
  },
  () => import('./surface-stats.ts'),
);

const artifactPackage = defineCommand(
  {
    name: 'artifact package',
    heading: 'Evidence',
    arguments: [['<folder>', 'folder whose files are packaged']],
    summary: 'Package the files of a folder as an OCI artifact, in an image layout',
    formats: ['text', 'json'],
    options: [['--output <layout>', 'image layout to write, or to add to: oci:DIR[:TAG]']],
    examples: [
      [
        'varve artifact package evidence --output oci:build/evidence:v1',
        'the same files give the same bytes',
      ],
    ],
  },
  () => import('./artifact-package.ts'),
);

const artifactUnpack = defineCommand(
  {
    name: 'artifact unpack',
    heading: 'Evidence',
    arguments: [
      ['<artifact>', 'oci:DIR[:TAG], or oci://HOST/REPO[:TAG] for a registry; @DIGEST in place of a tag'],
      ['<folder>', 'new or empty folder for the files'],
    ],
    summary: 'Verify the files of an OCI artifact, and write them into a folder',
    formats: ['text', 'json'],
    examples: [['varve artifact unpack oci:build/evidence:v1 evidence', 'writes all files, or none']],
  },
  () => import('./artifact-unpack.ts'),
);

const artifactPush = defineCommand(
  {
    name: 'artifact push',
    heading: 'Evidence',
    arguments: [
      ['<folder>', 'folder whose files are packaged'],
      ['<artifact>', 'oci://HOST/REPO[:TAG]; without a tag, latest'],
    ],
    summary: 'Package the files of a folder as an OCI artifact, and push it to a registry',
    formats: ['text', 'json'],
    options: [
      ['--subject <image>', 'the image that the artifact is about: a tag or digest in the same repository'],
    ],
    examples: [
      [
        'varve artifact push evidence oci://ghcr.io/acme/web:evidence',
        'files that are there already are not sent',
      ],
      [
        'varve artifact push evidence oci://ghcr.io/acme/web --subject v2',
        'the registry lists it as a referrer of the image v2',
      ],
    ],
  },
  () => import('./artifact-push.ts'),
);

const artifactPull = defineCommand(
  {
    name: 'artifact pull',
    heading: 'Evidence',
    arguments: [
      ['<artifact>', 'oci://HOST/REPO[:TAG] or oci://HOST/REPO@DIGEST; without either, latest'],
      ['<folder>', 'new or empty folder for the files'],
    ],
    summary: 'Pull an OCI artifact from a registry, verify its files, and write them into a folder',
    formats: ['text', 'json'],
    examples: [['varve artifact pull oci://ghcr.io/acme/web:evidence evidence', 'writes all files, or none']],
  },
  () => import('./artifact-unpack.ts'),
);

/** What of a store goes into a kit. */
const KIT_SELECTION = [
  ['--name <name...>', 'only snapshots of these names; default: all that the store has'],
  [
    '--image <image...>',
    'only snapshots of these images: digest, or the reference that each was recorded under',
  ],
  ['--since <time>', 'only what was recorded from then on: 2026-05-01, or 30d for the last 30 days'],
  ['--kind <kind...>', 'only items of these kinds, such as image.snapshot, and no history'],
  ['--receipt <file>', 'leave out what the receiver has, by the receipt that it made with varve kit receipt'],
] as const;

const KIT = ['<kit>', 'folder, FILE.tar, FILE.tar.zst, or oci:DIR[:TAG]'] as const;

const kitPlan = defineCommand(
  {
    name: 'kit plan',
    heading: 'Evidence',
    arguments: [],
    summary: 'Show what a kit would have, and its size, without writing it',
    wording: STORE_WORDING,
    formats: ['text', 'json'],
    options: KIT_SELECTION,
    examples: [['varve kit plan --name shop/web --since 30d', 'how much there is to carry']],
  },
  () => import('./kit-plan.ts'),
);

const kitExport = defineCommand(
  {
    name: 'kit export',
    heading: 'Evidence',
    arguments: [KIT],
    summary: 'Write snapshots, with all that they consist of, into a kit that can be carried',
    wording: STORE_WORDING,
    formats: ['text', 'json'],
    options: [...KIT_SELECTION, ['--oci', 'write an image layout, which skopeo and oras move as it is']],
    examples: [
      ['varve kit export kit.tar.zst --name shop/web', 'one file'],
      ['varve kit export /media/usb', 'a folder; the same command goes on where it was broken off'],
      ['varve kit export kit.tar.zst --receipt receipt.json', 'only what the receiver does not have'],
    ],
  },
  () => import('./kit-export.ts'),
);

const kitImport = defineCommand(
  {
    name: 'kit import',
    heading: 'Evidence',
    arguments: [KIT],
    summary: 'Verify a kit, then add what it has to a store',
    wording: { baseline: `Store to add to, unless --cas-root names one: ${listForms()}.` },
    formats: ['text', 'json'],
    examples: [
      [
        'varve kit import kit.tar.zst',
        'into your own store; then compare history:shop/web~1 history:shop/web',
      ],
      ['varve kit import /media/usb --baseline postgres://varve@db.example/varve', 'into a database'],
    ],
  },
  () => import('./kit-import.ts'),
);

const kitLs = defineCommand(
  {
    name: 'kit ls',
    aliases: ['list'],
    heading: 'Evidence',
    arguments: [KIT],
    summary: 'List the snapshots of a kit, what it weighs, and what it requires',
    formats: ['text', 'json'],
    examples: [['varve kit ls kit.tar.zst', 'reads only its index']],
  },
  () => import('./kit-ls.ts'),
);

const kitReceipt = defineCommand(
  {
    name: 'kit receipt',
    heading: 'Evidence',
    arguments: [],
    summary: 'Print what a store has, so that the next kit leaves it out',
    wording: STORE_WORDING,
    formats: ['json'],
    examples: [['varve kit receipt > receipt.json', 'verifies everything first; carry it to the sender']],
  },
  () => import('./kit-receipt.ts'),
);

const buildkitScan = defineCommand(
  {
    name: 'buildkit-scan',
    heading: 'Evidence',
    arguments: [],
    summary: 'Scan what was built, as a generator of SBOM attestations for BuildKit',
    wording: {
      'cas-root': 'Folder of the store that keeps what was found. Without it, nothing is kept.',
      'max-layer-bytes': 'Largest size of all files of a root filesystem.',
      'max-layer-entries': 'Largest number of names in a root filesystem.',
      'max-json-bytes': 'Largest file of another tool.',
    },
    formats: ['text'],
    parameters: {
      prefix: 'BUILDKIT_SCAN_',
      others: ['SOURCE', 'SOURCE_EXTRAS', 'DESTINATION', 'SOURCE_DATE_EPOCH'],
    },
    examples: [
      [
        'docker buildx build --attest type=sbom,generator=ghcr.io/acme/varve-scan .',
        'BuildKit runs it in that image, and attaches the SBOM to what is built',
      ],
      [
        'BUILDKIT_SCAN_SOURCE=rootfs BUILDKIT_SCAN_DESTINATION=out varve buildkit-scan',
        'the same by hand: writes out/rootfs.spdx.json',
      ],
    ],
  },
  () => import('./buildkit-scan.ts'),
);

const completion = defineCommand(
  {
    name: 'completion',
    heading: 'Other',
    arguments: [['<shell>', 'bash, zsh or fish']],
    summary: 'Print a script that lets a shell complete commands and options',
    formats: ['text'],
    examples: [
      [
        'source <(varve completion bash)',
        'put this in ~/.bashrc; for zsh, put the same with zsh in ~/.zshrc',
      ],
      ['varve completion fish > ~/.config/fish/completions/varve.fish', 'run this once'],
    ],
  },
  () => import('./completion.ts'),
);

const version = defineCommand(
  {
    name: 'version',
    heading: 'Other',
    arguments: [],
    summary: 'Print the versions of Varve and Node.js, and the platform',
    formats: ['text', 'json'],
    examples: [['varve version --json', 'for a bug report']],
  },
  () => import('./version.ts'),
);

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [
  compare,
  inspect,
  tree,
  check,
  layerLs,
  snapshot,
  ci,
  history,
  surfacePut,
  surfaceGet,
  surfaceList,
  surfaceDelete,
  surfaceVerify,
  surfaceGc,
  surfaceStats,
  artifactPackage,
  artifactUnpack,
  artifactPush,
  artifactPull,
  kitPlan,
  kitExport,
  kitImport,
  kitLs,
  kitReceipt,
  buildkitScan,
  verify,
  completion,
  version,
];
