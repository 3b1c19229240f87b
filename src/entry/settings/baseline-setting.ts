import { VarveError } from '../../base/errors.ts';

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
  | { readonly kind: 'postgres'; readonly url: string };

/** The store that a baseline is; null for one that is none, or is no place that stays. */
export function storeOf(baseline: BaselineSetting): StoreSetting | null {
  return baseline.kind === 'dir' || baseline.kind === 'postgres' ? baseline : null;
}

/**
 * Takes `none`, `cache`, `dir:PATH`, `postgres://…` or an image reference.
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
  if (/^(oci|s3):\/\//.test(value)) {
    throw new VarveError('bad-option', `a baseline in ${value.split(':')[0]} is not supported yet`, {
      hint: 'use none, cache, dir:PATH, postgres://… or an image reference',
    });
  }
  return { kind: 'image', reference: value };
}
