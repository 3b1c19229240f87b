import type { DescribedAttachment } from '../image/attestation.ts';

/** What the statements of attestations are called, by the beginning of their predicate types; a version follows. */
const PREDICATES: readonly (readonly [start: string, words: string])[] = [
  ['https://slsa.dev/provenance/', 'SLSA provenance'],
  ['https://spdx.dev/Document', 'SPDX SBOM'],
  ['https://cyclonedx.org/bom', 'CycloneDX SBOM'],
];

/** What an attachment is, in as few words as there are: `SLSA provenance v1`; image text, not yet escaped. */
export function attachmentWords({ kind, artifactType, predicateTypes }: DescribedAttachment): string[] {
  return predicateTypes.length === 0 ? [artifactType ?? kind] : predicateTypes.map(predicateWords);
}

function predicateWords(type: string): string {
  const known = PREDICATES.find(([start]) => type.startsWith(start));
  if (known === undefined) return type;
  const [start, words] = known;
  return `${words} ${type.slice(start.length).replace(/^\//, '')}`.trim();
}
