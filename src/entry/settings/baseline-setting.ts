import { VarveError } from '../../base/errors.ts';

/** What a run is compared with, and where its own snapshot is kept for the next one. */
export type BaselineSetting =
  | { readonly kind: 'none' }
  | { readonly kind: 'dir'; readonly path: string }
  | { readonly kind: 'image'; readonly reference: string };

/**
 * Takes `none`, `dir:PATH` or an image reference.
 * @throws VarveError `bad-option` for a store of a kind that this version cannot open.
 */
export function parseBaseline(text: string): BaselineSetting {
  const value = text.trim();
  if (value === 'none' || value === '') return { kind: 'none' };
  if (value.startsWith('dir:')) {
    const path = value.slice('dir:'.length);
    if (path === '') throw new VarveError('bad-option', 'dir: needs a path, such as dir:.varve');
    return { kind: 'dir', path };
  }
  if (value === 'cache' || /^(oci|postgres|postgresql|s3):\/\//.test(value)) {
    throw new VarveError('bad-option', `a baseline in ${value.split(':')[0]} is not supported yet`, {
      hint: 'use none, dir:PATH or an image reference',
    });
  }
  return { kind: 'image', reference: value };
}
