import * as v from 'valibot';
import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { refuseDisputedNumbers } from '../../base/strict-json.ts';
import { normalizePlatform, PLATFORM_PART, type Platform } from '../words/platform.ts';
import { DocumentDigest } from './descriptor.ts';
import { OCI_CONFIG } from './media-type.ts';
import {
  type DeclaredDocument,
  isField,
  JsonObject,
  looseShape,
  parseJsonObject,
  parseShape,
  type RawDocument,
  readFields,
  refuseFieldsTwice,
  refuseLongList,
  verifyDocument,
} from './raw-document.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig {
  readonly os?: string;
  readonly architecture?: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type?: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryItem[];
  readonly [unknown: string]: unknown;
}

/** One line of an image's build history. */
export interface HistoryItem {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** Fields that engines know in any letter case. */
export const CONFIG_FIELDS = [
  'created',
  'history',
  'rootfs',
  'docker_version',
  'config',
  'architecture',
  'os',
  'os.version',
  'os.features',
  'variant',
  'author',
];
/**
 * Those of `config`, which say what a container is started with, and the types that engines read them as. The last ones
 * are Docker's own.
 */
export const RUN_FIELD_TYPES = {
  User: 'string',
  ExposedPorts: 'object',
  Env: 'array',
  Entrypoint: 'array',
  Cmd: 'array',
  Volumes: 'object',
  WorkingDir: 'string',
  Labels: 'object',
  StopSignal: 'string',
  StopTimeout: 'number',
  Healthcheck: 'object',
  Shell: 'array',
  OnBuild: 'array',
  ArgsEscaped: 'boolean',
  Hostname: 'string',
  Domainname: 'string',
  AttachStdin: 'boolean',
  AttachStdout: 'boolean',
  AttachStderr: 'boolean',
  Tty: 'boolean',
  OpenStdin: 'boolean',
  StdinOnce: 'boolean',
  Image: 'string',
  NetworkDisabled: 'boolean',
  MacAddress: 'string',
} as const;
export const RUN_FIELDS = Object.keys(RUN_FIELD_TYPES);
/** Those of `Healthcheck`. */
export const HEALTH_FIELD_TYPES = {
  Test: 'array',
  Interval: 'number',
  Timeout: 'number',
  StartPeriod: 'number',
  StartInterval: 'number',
  Retries: 'number',
} as const;
export const HEALTH_FIELDS = Object.keys(HEALTH_FIELD_TYPES);
/** No engine takes a fraction or an exponent for these. */
const WHOLE_NUMBERS = ['StopTimeout', ...HEALTH_FIELDS];
/** Those whose keys are data, and differ by letter case. */
const MAPS = ['ExposedPorts', 'Volumes', 'Labels'];

/** Engines mount at most 500 layers, and builders make at most 127. */
const MOST_LAYERS = 1000;
/** Steps that make no layer are in the history too. */
const MOST_STEPS = 10_000;
/** A large config has a few thousand. */
const MOST_VALUES = 100_000;

const text = v.exactOptional(v.string());
const platformPart = v.exactOptional(
  v.pipe(
    v.string(),
    v.check((part) => part === '' || PLATFORM_PART.test(part), 'not the name of a platform'),
  ),
);

const HistoryItemSchema = looseShape({
  created: text,
  created_by: text,
  author: text,
  comment: text,
  empty_layer: v.exactOptional(v.boolean()),
});

const ConfigSchema = looseShape({
  os: platformPart,
  architecture: platformPart,
  variant: platformPart,
  created: text,
  config: v.exactOptional(JsonObject),
  // An image without layers may leave out the list, or all of it.
  rootfs: v.optional(
    looseShape({
      type: v.exactOptional(v.literal('layers', 'only a root filesystem of layers is read')),
      diff_ids: v.optional(v.array(DocumentDigest), []),
    }),
    { diff_ids: [] },
  ),
  history: v.exactOptional(v.array(HistoryItemSchema)),
});

/**
 * Reads an image's config from its exact bytes.
 * @throws VarveError `malformed`, `unsupported`, `digest-mismatch`, `size-mismatch`, `limit-exceeded`.
 */
export function parseConfig(
  bytes: Uint8Array,
  declared: DeclaredDocument,
  limits: Limits,
): RawDocument<ImageConfig> {
  const digest = verifyDocument(bytes, declared, limits);
  const body = readFields(
    parseJsonObject(bytes, declared.object, MOST_VALUES),
    CONFIG_FIELDS,
    declared.object,
  );
  if (!('rootfs' in body)) {
    throw new VarveError('not-an-image', `${declared.object} is not the config of a container image`, {
      object: declared.object,
      hint: 'it has no "rootfs": another kind of artifact uses the media type of an image',
    });
  }
  const value = parseShape(ConfigSchema, body, declared.object);
  refuseLongList(value.rootfs.diff_ids.length, MOST_LAYERS, 'layers', declared.object);
  refuseLongList(value.history?.length ?? 0, MOST_STEPS, 'steps in its history', declared.object);
  refuseFieldsTwice(value, MAPS, declared.object);
  refuseDisputedNumbers(bytes, declared.object, (field) => isField(field, WHOLE_NUMBERS));
  return { bytes, digest, mediaType: declared.mediaType ?? OCI_CONFIG, value };
}

/**
 * The platform that a config states. Where it says nothing, the operating system is Linux, as it was before
 * configs named one, and the architecture `unknown`: never that of the machine that looks at it.
 */
export function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return normalizePlatform({
    os: os || 'linux',
    architecture: architecture || 'unknown',
    ...(variant && { variant }),
  });
}
