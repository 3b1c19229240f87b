import { VarveError } from '../../base/errors.ts';
import { parseDockerName } from '../../core/image/docker-name.ts';

/** What a run is compared with, and where its own snapshot is kept for the next one. */
export type BaselineSetting =
  | { readonly kind: 'none' }
  /** The cache of a GitHub workflow. */
  | { readonly kind: 'cache' }
  | StoreSetting
  | { readonly kind: 'image'; readonly reference: string };

/** A baseline that is a store. */
export type StoreSetting =
  | { readonly kind: 'dir'; readonly path: string }
  /** The URL may hold a password: it is never shown. */
  | { readonly kind: 'postgres'; readonly url: string }
  /** A repository of a registry; the tag, null for `latest`, moves on to each new snapshot. */
  | {
      readonly kind: 'oci';
      readonly host: string;
      readonly repository: string;
      readonly tag: string | null;
    };

/** The store that a baseline is; null for one that is none, or is no place that stays. */
export function storeOf(baseline: BaselineSetting): StoreSetting | null {
  return baseline.kind === 'none' || baseline.kind === 'cache' || baseline.kind === 'image' ? null : baseline;
}

/** The store that a baseline is, when a run can work in it: one in a registry is only read from and added to. */
export function workingStoreOf(baseline: BaselineSetting): StoreSetting | null {
  return baseline.kind === 'oci' ? null : storeOf(baseline);
}

/** Whether a baseline is one of the snapshots that earlier runs kept, found by the commits that they are of. */
export function isFoundByCommit(baseline: BaselineSetting): boolean {
  return baseline.kind !== 'none' && baseline.kind !== 'image';
}

/**
 * Takes `none`, `cache`, `dir:PATH`, `oci://HOST/REPO[:TAG]`, `postgres://…` or an image reference.
 * @throws VarveError `bad-option` for a store of a kind that this version cannot open.
 */
export function parseBaseline(text: string): BaselineSetting {
  const value = text.trim();
  if (value === 'none' || value === '') return { kind: 'none' };
  if (value === 'cache') return { kind: 'cache' };
  if (value.startsWith('dir:')) {
    const path = value.slice('dir:'.length);
    if (path === '') throw new VarveError('bad-option', 'dir: needs a path, such as dir:.varve');
    return { kind: 'dir', path };
  }
  if (/^postgres(ql)?:/i.test(value)) return { kind: 'postgres', url: value };
  if (value.startsWith('oci://')) return parseRepository(value);
  if (value.startsWith('s3://')) {
    throw new VarveError('bad-option', 'a baseline in s3 is not supported yet', {
      hint: 'use none, cache, dir:PATH, oci://HOST/REPO, postgres://… or an image reference',
    });
  }
  return { kind: 'image', reference: value };
}

function parseRepository(text: string): StoreSetting {
  const { host, repository, tag, digest } = parseDockerName(text.slice('oci://'.length));
  if (digest === null) return { kind: 'oci', host, repository, tag };
  throw new VarveError('bad-option', 'a baseline in a registry is named by repository and tag', {
    object: text,
    hint: 'write oci://HOST/REPO[:TAG]',
  });
}
