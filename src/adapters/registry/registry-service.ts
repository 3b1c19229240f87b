import * as v from 'valibot';
import type { Service } from '../http/service.ts';

const RefusalSchema = v.object({
  errors: v.array(
    v.object({ code: v.optional(v.string(), ''), message: v.optional(v.nullable(v.string()), '') }),
  ),
});

const HINTS: Service['hints'] = {
  'other-name': 'name the registry as its certificate does',
  'not-tls': 'if the registry speaks plain HTTP, say so with --plain-http',
  'not-plain': 'if the registry speaks TLS, leave --plain-http out',
  limited: 'the registry limits how often it is asked: log in, or wait and try again',
};

/** The registry that answers at an address, as errors speak of it. */
export function registryAt(home: URL): Service {
  return { name: 'the registry', home, hints: HINTS, wordsIn };
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
function wordsIn(document: unknown): string {
  const refusal = v.safeParse(RefusalSchema, document);
  const first = refusal.success ? refusal.output.errors[0] : undefined;
  return [first?.code, first?.message].filter(Boolean).join(': ');
}
