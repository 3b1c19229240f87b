import { listForms } from '../../settings/baseline.ts';
import { defineCommand } from '../commands/command.ts';
import { STORE_WORDING } from './wording.ts';

export const surfacePut = defineCommand(
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
  () => import('../commands/surface-put.ts'),
);

export const surfaceGet = defineCommand(
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
  () => import('../commands/surface-get.ts'),
);

export const surfaceList = defineCommand(
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
  () => import('../commands/surface-list.ts'),
);

/** The same without a thing to name. */
export const surfaceVerify = defineCommand(
  {
    name: 'surface verify',
    heading: 'Evidence',
    arguments: [],
    summary: 'Read everything in the store and name each damaged object',
    wording: STORE_WORDING,
    formats: ['text', 'json', 'ndjson'],
    examples: [['varve surface verify --cas-root .varve', 'exits with 3 when something is damaged']],
  },
  () => import('../commands/surface-verify.ts'),
);

export const surfaceDelete = defineCommand(
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
  () => import('../commands/surface-delete.ts'),
);

export const surfaceGc = defineCommand(
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
  () => import('../commands/surface-gc.ts'),
);

export const surfaceStats = defineCommand(
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
  () => import('../commands/surface-stats.ts'),
);
