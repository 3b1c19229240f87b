import { fromText } from '../../base/byte-text.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import {
  CONFIG_FIELDS,
  HEALTH_FIELD_TYPES,
  HEALTH_FIELDS,
  RUN_FIELD_TYPES,
  RUN_FIELDS,
} from '../image/config.ts';
import { nameFields } from '../image/raw-document.ts';
import type { ConfigDifference } from './comparison.ts';
import type { Ignore } from './ignore.ts';
import type { IgnoredCount } from './ignored.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that describe the build and the layers, not what a container is started with. */
const NOT_CONFIG: ReadonlySet<string> = new Set(['created', 'history', 'rootfs', 'docker_version']);

/** Numbers whose 0 is a value: a container with a `StopTimeout` of 0 is killed at once, and without one after a while. */
const NOT_EMPTY_AT_0: ReadonlySet<string> = new Set(['/config/StopTimeout']);

/** What engines read these fields as: they refuse an image where a field is of another type, empty or not. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['/author', 'string'],
  ['/os.version', 'string'],
  ['/os.features', 'array'],
  ['/config', 'object'],
  ...Object.entries(RUN_FIELD_TYPES).map(([field, type]) => [`/config/${field}`, type] as const),
  ...Object.entries(HEALTH_FIELD_TYPES).map(
    ([field, type]) => [`/config/Healthcheck/${field}`, type] as const,
  ),
]);

/** Below this many names, objects are compared as wholes: no builder nests deeper. */
const DEEPEST = 8;

/**
 * What a run sets by name: each name is compared by itself, and an empty value is a value. So is null, which Go programs
 * read as the value here.
 */
const NAMED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['/config/Labels', ''],
  ['/config/ExposedPorts', {}],
  ['/config/Volumes', {}],
  ['/config/Env', ''],
]);

/**
 * Finds what differs between two image configs, sorted by JSON pointer. `Env` is compared by name, `Entrypoint`, `Cmd`
 * and other lists as wholes. A field that is absent equals one that is empty, since builders write either, but not one
 * of a type that engines refuse.
 * @param ignored counts what a pattern of the user hides.
 * @see https://www.rfc-editor.org/rfc/rfc6901
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function compareConfigs(
  base: JsonObject,
  target: JsonObject,
  ignore: Ignore,
  ignored?: IgnoredCount,
): ConfigDifference[] {
  const differences = [...differ('', withoutBuild(base), withoutBuild(target))];
  differences.sort((a, b) => (fromText(a.path) < fromText(b.path) ? -1 : 1));
  return differences.map((difference) => {
    const hiding = ignore.config(difference.path);
    if (hiding === null) return difference;
    ignored?.add('config', hiding);
    return { ...difference, volatile: true };
  });
}

function withoutBuild(config: JsonObject): JsonObject {
  const fields = nameFields(config, CONFIG_FIELDS);
  if (isObject(fields.config)) {
    const run = nameFields(fields.config, RUN_FIELDS);
    if (isObject(run.Healthcheck)) run.Healthcheck = nameFields(run.Healthcheck, HEALTH_FIELDS);
    fields.config = run;
  }
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !NOT_CONFIG.has(field)));
}

function* differ(pointer: string, base: unknown, target: unknown, depth = 0): Generator<ConfigDifference> {
  const isReadable = hasType(TYPES.get(pointer), base) && hasType(TYPES.get(pointer), target);
  const is0Alone = NOT_EMPTY_AT_0.has(pointer) && (base === 0) !== (target === 0);
  if (isReadable && isEmpty(base) && isEmpty(target) && !is0Alone) return;
  const [before, after] = pointer === '/config/Env' ? envsByName(base, target) : [base, target];
  if (!isReadable || depth === DEEPEST || !isObjectOrNothing(before) || !isObjectOrNothing(after)) {
    if (!isEqual(before, after)) yield { path: pointer, base: before ?? null, target: after ?? null };
    return;
  }
  const valueOfNull = NAMED.get(pointer);
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  for (const name of names) {
    const [a, b] = [own(before, name, valueOfNull), own(after, name, valueOfNull)];
    const path = `${pointer}/${escapePointer(name)}`;
    if (valueOfNull === undefined) yield* differ(path, a, b, depth + 1);
    else if (!isEqual(a, b)) yield { path, base: a ?? null, target: b ?? null };
  }
}

/** Variables by name, where both sides have lists of `NAME=value` or nothing; engines refuse or change all else. */
function envsByName(base: unknown, target: unknown): readonly [unknown, unknown] {
  const [before, after] = [envByName(base ?? []), envByName(target ?? [])];
  return before && after ? [before, after] : [base, target];
}

/**
 * Of a name that is there several times all values stand, in their order: runtimes, and the programs that they start,
 * differ on which counts. Null for what is not a list of `NAME=value`.
 */
function envByName(env: unknown): Record<string, unknown> | null {
  if (!Array.isArray(env)) return null;
  const variables = new Map<string, string[]>();
  for (const item of env) {
    const equals = typeof item === 'string' ? item.indexOf('=') : -1;
    if (equals === -1) return null;
    const [name, value] = [item.slice(0, equals), item.slice(equals + 1)];
    const values = variables.get(name);
    if (values === undefined) variables.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    [...variables].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function isObjectOrNothing(value: unknown): value is JsonObject | null | undefined {
  return value === undefined || value === null || isObject(value);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Go programs write for a field that nobody set, or leave out. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === false || value === 0;
}

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

const own = (object: JsonObject | null | undefined, name: string, valueOfNull: unknown): unknown =>
  object && Object.hasOwn(object, name) ? (object[name] ?? valueOfNull) : undefined;

/** Tells whether a value is there with a type. What is not there has any, and every value has the unknown type. */
function hasType(type: string | undefined, value: unknown): boolean {
  if (type === undefined || value === undefined || value === null) return true;
  return (Array.isArray(value) ? 'array' : typeof value) === type;
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
