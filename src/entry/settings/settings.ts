import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { parsePlatformWish } from '../../core/words/platform.ts';
import { parseBaseline } from './baseline-setting.ts';
import {
  type Parse,
  parseBoolean,
  parseCount,
  parseLines,
  parseSize,
  parseTenant,
  parseText,
} from './parse.ts';
import { parsePublish } from './publish-setting.ts';

interface Setting<T> {
  /** What the value stands for in usage lines: `PATH`, `NAME`. */
  readonly value: string;
  /** One sentence for help, action.yml and README. */
  readonly description: string;
  readonly parse: Parse<T>;
  /** What holds when it is not given; `undefined` is a value for settings that may be left out. */
  readonly fallback: T;
  /** How the fallback reads in documentation, when it is not simply its text. */
  readonly shown?: string;
  /** What the switch does that turns a boolean away from its fallback. */
  readonly flip?: string;
}

const setting = <T>(definition: Setting<T>): Setting<T> => definition;
const optional = <T>(definition: Omit<Setting<T>, 'fallback'>): Setting<T | undefined> => ({
  ...definition,
  fallback: undefined,
});

/**
 * Every setting there is, under the one name that it has as action input, as `--option`,
 * as `VARVE_…` variable and as key in varve.yml.
 */
export const SETTINGS = {
  image: setting({
    value: 'IMAGE',
    description:
      'Image reference; of several lines, the first image that exists is taken. May be left out where metadata is given.',
    parse: parseLines,
    fallback: [],
  }),
  metadata: optional({
    value: 'FILE',
    description:
      'Metadata file of docker buildx build or bake, or its JSON itself: the image is found by it, and must be the one that was built.',
    parse: parseText,
  }),
  target: optional({
    value: 'NAME',
    description: 'Which target of a bake the metadata is read for, where there are several.',
    parse: parseText,
  }),
  name: optional({
    value: 'NAME',
    description:
      'Name under which the history of the image is kept. Default: the repository in the reference, without tag or digest.',
    parse: parseText,
  }),
  platform: optional({
    value: 'OS/ARCH[/VARIANT]|all',
    description:
      'Which platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine.',
    parse: parsePlatformWish,
  }),
  baseline: setting({
    value: 'BASELINE',
    description:
      'What to compare with: none, an image reference, or a store that the run also adds its own snapshot to: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE.',
    parse: parseBaseline,
    fallback: { kind: 'none' },
    shown: 'none',
  }),
  save: setting({
    value: 'BOOLEAN',
    description: 'Whether the snapshot is added to the baseline store for later runs.',
    flip: 'Only read the baseline store: do not add this snapshot to it.',
    parse: parseBoolean,
    fallback: true,
  }),
  'cas-root': optional({
    value: 'PATH',
    description:
      'Folder of the content-addressed store. Default: the baseline where that is a store; else .varve in a workflow, and ~/.local/share/varve on the command line.',
    parse: parseText,
  }),
  tenant: setting({
    value: 'TENANT',
    description: 'Tenant whose part of the store is used.',
    parse: parseTenant,
    fallback: 'default',
  }),
  ignore: setting({
    value: 'PATTERN',
    description:
      'Globs of paths (var/log/**) and config pointers (/config/Labels/build) whose differences do not count, beside the built-in ones; one a line.',
    parse: parseLines,
    fallback: [],
  }),
  'ignore-defaults': setting({
    value: 'BOOLEAN',
    description: 'Whether the built-in list of meaningless differences is used.',
    flip: 'Do not use the built-in list of meaningless differences.',
    parse: parseBoolean,
    fallback: true,
  }),
  mtime: setting({
    value: 'BOOLEAN',
    description: 'Whether a changed modification time alone makes a file differ.',
    flip: 'Let a changed modification time alone make a file differ.',
    parse: parseBoolean,
    fallback: false,
  }),
  ca: optional({
    value: 'FILE',
    description:
      'PEM file with certificates of authorities that registries are trusted by, beside the usual ones.',
    parse: parseText,
  }),
  'plain-http': setting({
    value: 'BOOLEAN',
    description: 'Whether registries are spoken to without TLS. Those on this machine may be anyway.',
    flip: 'Speak to registries without TLS. Those on this machine may be spoken to so anyway.',
    parse: parseBoolean,
    fallback: false,
  }),
  commit: optional({
    value: 'SHA',
    description:
      'Commit that the image was built from. Default: what GitHub or GitLab says, or what is checked out.',
    parse: parseText,
  }),
  branch: optional({
    value: 'BRANCH',
    description:
      'Branch that the image was built on. Default: what GitHub or GitLab says, or what is checked out.',
    parse: parseText,
  }),
  'github-token': optional({
    value: 'TOKEN',
    description:
      'Token that GitHub is asked with for the commits before the one that was built, where the checkout has too few of them; contents: read is enough.',
    parse: parseText,
  }),
  publish: optional({
    value: 'PLACE',
    description:
      'Where pointer, snapshot, comparison and report are published as an OCI artifact: image (beside the image, as its referrer) or oci://HOST/REPO[:TAG].',
    parse: parsePublish,
  }),
  'pointer-path': optional({
    value: 'FILE',
    description: 'Where the manifest pointer is written.',
    parse: parseText,
  }),
  'surface-manifest-output': optional({
    value: 'FILE',
    description: 'Where a copy of the surface manifest is written.',
    parse: parseText,
  }),
  'comparison-path': optional({
    value: 'FILE',
    description: 'Where a copy of the comparison document (JSON) is written.',
    parse: parseText,
  }),
  'report-path': optional({
    value: 'FILE',
    description: 'Where the Markdown report is written.',
    parse: parseText,
  }),
  'max-layer-bytes': setting({
    value: 'SIZE',
    description: 'Most uncompressed bytes of one layer.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.layerBytes,
    shown: '64GiB',
  }),
  'max-layer-entries': setting({
    value: 'COUNT',
    description: 'Most entries of one layer.',
    parse: parseCount,
    fallback: DEFAULT_LIMITS.layerEntries,
  }),
  'max-sparse-bytes': setting({
    value: 'SIZE',
    description: 'Most bytes of the sparse files of one layer when expanded.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.sparseBytes,
    shown: '64GiB',
  }),
  'max-header-bytes': setting({
    value: 'SIZE',
    description: 'Most bytes of one extended tar header.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.headerBytes,
    shown: '4MiB',
  }),
  'max-json-bytes': setting({
    value: 'SIZE',
    description: 'Most bytes of one index, manifest or config.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.jsonBytes,
    shown: '20MiB',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T> ? T : never;
};

/** The settings that say how registries are reached. */
export const REGISTRY_SETTINGS = ['ca', 'plain-http'] as const satisfies readonly SettingName[];

/** The settings that say how much of an image may be read; nearly every command takes them. */
export const LIMIT_SETTINGS = [
  'max-layer-bytes',
  'max-layer-entries',
  'max-sparse-bytes',
  'max-header-bytes',
  'max-json-bytes',
] as const satisfies readonly SettingName[];
