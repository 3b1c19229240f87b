import { listForms } from '../../settings/baseline.ts';
import { defineCommand } from '../commands/command.ts';
import { LOOK_WORDING, OWN_STORE_WORDING } from './wording.ts';

const IMAGE = ['<image>', 'image reference, such as docker://HOST/NAME, oci:DIR or ./saved.tar'] as const;

export const compare = defineCommand(
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
  () => import('../commands/compare.ts'),
);

export const inspect = defineCommand(
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
  () => import('../commands/inspect.ts'),
);

export const tree = defineCommand(
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
  () => import('../commands/tree.ts'),
);

export const check = defineCommand(
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
  () => import('../commands/check.ts'),
);

export const layerLs = defineCommand(
  {
    name: 'layer ls',
    heading: 'Look',
    arguments: [IMAGE, ['<layer>', 'index from 0, digest or diffID, or the beginning of one']],
    summary: 'List the files of one layer, as its tar has them',
    wording: LOOK_WORDING,
    formats: ['text', 'json', 'ndjson'],
    examples: [['varve layer ls ./image.tar 0', 'the lowest layer']],
  },
  () => import('../commands/layer-ls.ts'),
);
