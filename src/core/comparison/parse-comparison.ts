import * as v from 'valibot';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import {
  COMPARISON_SCHEMA,
  type Comparison,
  ComparisonSchema,
  comparisonFields,
  OLD_COMPARISON_SCHEMA,
} from './comparison.ts';
import {
  COMPARISONS_SCHEMA,
  type Comparisons,
  ComparisonsSchema,
  comparisonsFields,
  OLD_COMPARISONS_SCHEMA,
} from './comparisons.ts';

/** Objects and lists that may stand in one another in a section. */
const MOST_DEPTH = 64;

const OldComparisonSchema = v.strictObject({
  schema: v.literal(OLD_COMPARISON_SCHEMA),
  ...comparisonFields,
  packages: v.null(),
});

type AnyComparison = v.InferOutput<typeof ComparisonSchema> | v.InferOutput<typeof OldComparisonSchema>;

/** A comparison of any version. */
export const AnyComparisonSchema: v.GenericSchema<unknown, AnyComparison> = v.variant('schema', [
  ComparisonSchema,
  OldComparisonSchema,
]);

const OldComparisonsSchema = v.strictObject({
  schema: v.literal(OLD_COMPARISONS_SCHEMA),
  platforms: v.array(OldComparisonSchema),
  ...comparisonsFields,
});

/** The comparisons of several platforms, of any version. */
export const AnyComparisonsSchema: v.GenericSchema<
  unknown,
  v.InferOutput<typeof ComparisonsSchema> | v.InferOutput<typeof OldComparisonsSchema>
> = v.variant('schema', [ComparisonsSchema, OldComparisonsSchema]);

/**
 * Reads a stored comparison of any version, as the present one.
 * @param object names it in errors.
 * @throws VarveError `malformed`, or `limit-exceeded` over `limits.jsonBytes`.
 */
export function parseComparison(
  bytes: Uint8Array,
  object: string,
  limits: Limits = DEFAULT_LIMITS,
): Comparison {
  return renew(parseStored(AnyComparisonSchema, bytes, object, limits), object);
}

/** The same for the comparisons of several platforms. */
export function parseComparisons(
  bytes: Uint8Array,
  object: string,
  limits: Limits = DEFAULT_LIMITS,
): Comparisons {
  const comparisons = parseStored(AnyComparisonsSchema, bytes, object, limits);
  const platforms = comparisons.platforms.map((comparison) => renew(comparison, object));
  return { ...comparisons, schema: COMPARISONS_SCHEMA, platforms };
}

function renew(comparison: AnyComparison, object: string): Comparison {
  if (comparison.schema === OLD_COMPARISON_SCHEMA) {
    const { packages: _, ...rest } = comparison;
    return { ...rest, schema: COMPARISON_SCHEMA, sections: {} };
  }
  for (const [name, section] of Object.entries(comparison.sections)) {
    if (isDeeper(section, MOST_DEPTH)) throw malformed(object, `sections.${name} is nested too deeply`);
  }
  return comparison;
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((each) => isDeeper(each, most - 1));
}
