import { listForms } from '../../settings/baseline.ts';
import { defineCommand } from '../commands/command.ts';
import { STORE_WORDING } from './wording.ts';

export const artifactPackage = defineCommand(
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
  () => import('../commands/artifact-package.ts'),
);

export const artifactUnpack = defineCommand(
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
  () => import('../commands/artifact-unpack.ts'),
);

export const artifactPush = defineCommand(
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
  () => import('../commands/artifact-push.ts'),
);

export const artifactPull = defineCommand(
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
  () => import('../commands/artifact-unpack.ts'),
);

export const verify = defineCommand(
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
  () => import('../commands/verify.ts'),
);

export const buildkitScan = defineCommand(
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
  () => import('../commands/buildkit-scan.ts'),
);
