import { defineCommand } from '../commands/command.ts';
import { STORE_WORDING } from './wording.ts';

export const snapshot = defineCommand(
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
  () => import('../commands/snapshot.ts'),
);

export const ci = defineCommand(
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
  () => import('../commands/ci.ts'),
);

export const history = defineCommand(
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
  () => import('../commands/history.ts'),
);
