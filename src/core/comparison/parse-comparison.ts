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
