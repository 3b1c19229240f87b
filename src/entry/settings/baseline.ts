import { VarveError } from '../../base/errors.ts';
import { HISTORY_PREFIX, parseHistoryExpression } from '../../core/history/history-expression.ts';
import { parseDigestPrefix } from '../../core/words/digest-prefix.ts';
import { STORE_KINDS } from '../stores/catalogue.ts';
import type { StoreKind, StorePlace } from '../stores/store-kind.ts';
import { parseBoolean, parseLines } from './parse.ts';
import { ANYWHERE, BY_USER, JOB, OUT_OF_FILES, STORE_COMMANDS, setting } from './setting.ts';

/** What a run is compared with, the first that has something, and where its own snapshot is kept for the next one. */
export type BaselineSetting = readonly BaselinePlace[];

export type BaselinePlace =
  /** The cache of a GitHub workflow. */
  | { readonly kind: 'cache' }
  /** The store that the run itself works in. */
  | { readonly kind: 'own' }
  /** A snapshot in that store, by its place in a history or the beginning of its digest. */
  | { readonly kind: 'kept'; readonly text: string }
  | { readonly kind: 'store'; readonly place: StorePlace }
  | { readonly kind: 'image'; readonly reference: string };

/** The first store among the places of a baseline; null where none of them is a place that stays. */
export function storeOf(baseline: BaselineSetting): StorePlace | null {
  return baseline.find((place) => place.kind === 'store')?.place ?? null;
}

/**
 * Takes `none`, or one of these on each line: `cache`, the place of a store such as `dir:PATH`, `history:` for the run's
 * own store, `history:NAME~N` or a digest for a snapshot in it, or an image reference.
 * @throws VarveError `bad-option` for a place that is misspelled.
 */
export function parseBaseline(text: string, kinds: readonly StoreKind[] = STORE_KINDS): BaselineSetting {
  const lines = parseLines(text);
  if (lines.length === 0 || (lines.length === 1 && lines[0] === 'none')) return [];
  return lines.map((line) => parsePlace(line, kinds));
}

/** Places with a comma between them, as lists are written elsewhere. */
const SEVERAL =
  /^([^,]+),\s*((?:cache|none)(?=,|$)|(?:dir|oci|postgres|postgresql|history|docker|docker-daemon|docker-archive|oci-archive):)/;

/** @throws VarveError `bad-option` for a place that is misspelled. */
export function parsePlace(value: string, kinds: readonly StoreKind[] = STORE_KINDS): BaselinePlace {
  if (value === 'none') {
    throw new VarveError('bad-option', '"none" cannot be combined with other baselines', {
      hint: 'leave it out: without a snapshot in any of the places it is a first run',
    });
  }
  const [, first, second] = SEVERAL.exec(value) ?? [];
  if (first !== undefined && second !== undefined) {
    throw new VarveError(
      'bad-option',
      `${JSON.stringify(value.slice(0, 200))} are several places in one line`,
      {
        hint: 'write each on a line of its own',
      },
    );
  }
  if (value === 'cache') return { kind: 'cache' };
  if (value === HISTORY_PREFIX) return { kind: 'own' };
  if (parseHistoryExpression(value) !== null || parseDigestPrefix(value)?.isCertain === true) {
    return { kind: 'kept', text: value };
  }
  for (const kind of kinds) {
    const place = kind.parse(value);
    if (place !== null) return { kind: 'store', place };
  }
  if (/^[a-z0-9+.-]+:\/\//i.test(value) && !value.startsWith('docker://')) {
    throw new VarveError(
      'bad-option',
      `a baseline in ${value.slice(0, value.indexOf(':'))} is not supported`,
      {
        hint: `use none, cache, history:, ${kinds.map(({ form }) => form).join(', ')} or an image reference`,
      },
    );
  }
  return { kind: 'image', reference: value };
}

/** What a run is compared with. */
export const BASELINE_SETTINGS = {
  baseline: setting({
    value: 'BASELINE',
    description: `What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store, to which the run also adds its own snapshot: cache (of a GitHub workflow), ${listForms()}. With several lines, the first that has something to compare with.`,
    parse: (text) => parseBaseline(text),
    fallback: [{ kind: 'own' }],
    shown: 'history:',
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
  'trust-cache': setting({
    value: 'BOOLEAN',
    description:
      'Whether a pull request may use cache entries that its author could have forged, and save its own. Only for private repositories where every author is trusted.',
    flip: 'Let a pull request use cache entries that its author could have forged, and save its own.',
    parse: parseBoolean,
    fallback: false,
    faces: JOB,
    // Who is judged must not decide it.
    from: OUT_OF_FILES,
  }),
} as const;

/** The forms of stores in a sentence. */
export function listForms(): string {
  const forms = STORE_KINDS.map(({ form }) => form);
  return `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}`;
}
