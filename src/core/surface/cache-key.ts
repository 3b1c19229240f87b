import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf, hexOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { parseKind, parseTenant } from '../words/names.ts';

/** The address of an entry of a cache: `{namespace}/{tenant}/{sha256}`. */
export interface CacheKey {
  /** What the entry is of, such as `entrytrace.graph`; of the form of a kind. */
  readonly namespace: string;
  readonly tenant: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export const ENTRY_TRACE_NAMESPACE = 'entrytrace.graph';

/** @throws VarveError `bad-option` for namespace or tenant, `bad-reference` for the hash. */
export function parseCacheKey({ namespace, tenant, sha256 }: CacheKey): CacheKey {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new VarveError('bad-reference', `${JSON.stringify(sha256.slice(0, 100))} is not a SHA-256`, {
      object: sha256.slice(0, 100),
      hint: 'write 64 lowercase hexadecimal digits',
    });
  }
  return { namespace: parseKind(namespace), tenant: parseTenant(tenant), sha256 };
}

export function formatCacheKey(key: CacheKey): string {
  const { namespace, tenant, sha256 } = parseCacheKey(key);
  return `${namespace}/${tenant}/${sha256}`;
}

/** What the trace of an entry point depends on. */
export interface EntryTraceInputs {
  /** Of the analyzer: any JSON value. */
  readonly options: unknown;
  /** Variables by name, or as `NAME=value`, where the last of a name counts. */
  readonly environment: Readonly<Record<string, string>> | readonly string[];
  /** The words of the command: entry point and arguments. */
  readonly entrypoint: readonly string[];
}

/**
 * The hash that a trace is cached under: SHA-256 of `OPTIONS|ENV|ENTRYPOINT` in UTF-8, each of the three as canonical
 * JSON (RFC 8785), the environment as an object. No two inputs have one text, since each part ends where its JSON does.
 */
export function hashEntryTrace({ options, environment, entrypoint }: EntryTraceInputs): string {
  const parts = [options, Array.isArray(environment) ? variablesOf(environment) : environment, entrypoint];
  return hexOf(digestOf(parts.map((part) => canonicalJson(part)).join('|')));
}

function variablesOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
