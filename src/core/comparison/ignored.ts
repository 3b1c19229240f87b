import * as v from 'valibot';
import { SizeSchema } from '../words/schemas.ts';
import type { Comparison, Sections } from './comparison.ts';
import type { Hiding } from './ignore.ts';

/** The section that counts what the user's own patterns hide. It is there only where they hide something. */
export const IGNORED = 'ignored';

const IgnoredSchema = v.strictObject({
  files: SizeSchema,
  config: SizeSchema,
  /** By the first pattern that matches, in the order in which the patterns were given. */
  rules: v.array(
    v.strictObject({
      /** As the user wrote it. */
      pattern: v.string(),
      files: SizeSchema,
      config: SizeSchema,
    }),
  ),
});

/** How many differences the user's own patterns hide. Files of them count among the volatile too. */
export type Ignored = v.InferOutput<typeof IgnoredSchema>;

/** Counts differences by the pattern that hides them. */
export class IgnoredCount {
  readonly #counts = new Map<string, { files: number; config: number }>();

  add(what: 'files' | 'config', hiding: Hiding): void {
    if (hiding.kind !== 'ignored') return;
    const count = this.#counts.get(hiding.pattern) ?? { files: 0, config: 0 };
    count[what] += 1;
    this.#counts.set(hiding.pattern, count);
  }

  /** @param patterns in the order in which they were given. */
  section(patterns: readonly string[]): Sections {
    const rules = [...new Set(patterns)].flatMap((pattern) => {
      const count = this.#counts.get(pattern);
      return count === undefined ? [] : [{ pattern, ...count }];
    });
    if (rules.length === 0) return {};
    const sum = (what: 'files' | 'config'): number => rules.reduce((total, rule) => total + rule[what], 0);
    return { [IGNORED]: { files: sum('files'), config: sum('config'), rules } };
  }
}

/** What a comparison says that patterns hide; null where it says nothing of it, or in a form of a later version. */
export function ignoredIn({ sections }: Pick<Comparison, 'sections'>): Ignored | null {
  const read = v.safeParse(IgnoredSchema, sections[IGNORED]);
  return read.success ? read.output : null;
}

/** How many files patterns hide. */
export const countIgnoredFiles = (comparison: Pick<Comparison, 'sections'>): number =>
  ignoredIn(comparison)?.files ?? 0;
