import { listForms } from '../../settings/baseline.ts';
import { defineCommand } from '../commands/command.ts';
import { STORE_WORDING } from './wording.ts';

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

export const kitPlan = defineCommand(
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
  () => import('../commands/kit-plan.ts'),
);

export const kitExport = defineCommand(
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
  () => import('../commands/kit-export.ts'),
);

export const kitImport = defineCommand(
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
  () => import('../commands/kit-import.ts'),
);

export const kitLs = defineCommand(
  {
    name: 'kit ls',
    aliases: ['list'],
    heading: 'Evidence',
    arguments: [KIT],
    summary: 'List the snapshots of a kit, what it weighs, and what it requires',
    formats: ['text', 'json'],
    examples: [['varve kit ls kit.tar.zst', 'reads only its index']],
  },
  () => import('../commands/kit-ls.ts'),
);

export const kitReceipt = defineCommand(
  {
    name: 'kit receipt',
    heading: 'Evidence',
    arguments: [],
    summary: 'Print what a store has, so that the next kit leaves it out',
    wording: STORE_WORDING,
    formats: ['json'],
    examples: [['varve kit receipt > receipt.json', 'verifies everything first; carry it to the sender']],
  },
  () => import('../commands/kit-receipt.ts'),
);
