import { VarveError } from '../../base/errors.ts';
import { STORE_KINDS } from '../stores/catalogue.ts';
import type { StoreKind, StorePlace } from '../stores/store-kind.ts';
import { parseBoolean } from './parse.ts';
import { ANYWHERE, BY_USER, JOB, STORE_COMMANDS, setting } from './setting.ts';

/** What a run is compared with, and where its own snapshot is kept for the next one. */
export type BaselineSetting =
  | { readonly kind: 'none' }
  /** The cache of a GitHub workflow. */
  | { readonly kind: 'cache' }
  | { readonly kind: 'store'; readonly place: StorePlace }
  | { readonly kind: 'image'; readonly reference: string };

/** The store that a baseline is; null for one that is none, or is not a place that stays. */
export function storeOf(baseline: BaselineSetting): StorePlace | null {
  return baseline.kind === 'store' ? baseline.place : null;
}

/**
 * Takes `none`, `cache`, the place of a store such as `dir:PATH`, or an image reference.
 * @throws VarveError `bad-option` for a place that is misspelt.
 */
export function parseBaseline(text: string, kinds: readonly StoreKind[] = STORE_KINDS): BaselineSetting {
  const value = text.trim();
  if (value === 'none' || value === '') return { kind: 'none' };
  if (value === 'cache') return { kind: 'cache' };
  for (const kind of kinds) {
    const place = kind.parse(value);
    if (place !== null) return { kind: 'store', place };
  }
  if (/^[a-z0-9+.-]+:\/\//i.test(value) && !value.startsWith('docker://')) {
    throw new VarveError(
      'bad-option',
      `a baseline in ${value.slice(0, value.indexOf(':'))} is not supported`,
      {
        hint: `use none, cache, ${kinds.map(({ form }) => form).join(', ')} or an image reference`,
      },
    );
  }
  return { kind: 'image', reference: value };
}

/** What a run is compared with. */
export const BASELINE_SETTINGS = {
  baseline: setting({
    value: 'BASELINE',
    description: `What to compare with: none, an image reference, or a store that the run also adds its own snapshot to: cache (of a GitHub workflow), ${listForms()}.`,
    parse: (text) => parseBaseline(text),
    fallback: { kind: 'none' },
    shown: 'none',
    inWorkflow: 'cache',
    faces: [...JOB, 'compare', ...STORE_COMMANDS],
    from: BY_USER,
  }),
  save: setting({
    value: 'BOOLEAN',
    description: 'Whether the snapshot is added to the baseline store for later runs.',
    flip: 'Only read the baseline store: do not add this snapshot to it.',
    parse: parseBoolean,
    fallback: true,
    faces: JOB,
    from: ANYWHERE,
  }),
} as const;

/** The forms of stores in a sentence. */
export function listForms(): string {
  const forms = STORE_KINDS.map(({ form }) => form);
  return `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}`;
}
