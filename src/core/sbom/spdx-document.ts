import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf, hexOf } from '../../base/digest.ts';
import type { Annotation } from './annotation.ts';

/** What a document is made of. */
export interface SpdxParts {
  /** What the root filesystem is called. */
  readonly name: string;
  /** `Tool: varve-1.2.3`. */
  readonly tool: string;
  /** RFC 3339 in UTC, whole seconds. */
  readonly created: string;
  /** What is about the root filesystem. */
  readonly ofRoot: readonly Annotation[];
  /** What is about the build as a whole. */
  readonly ofBuild: readonly Annotation[];
}

const ROOT_ID = 'SPDXRef-RootFilesystem';
const UNKNOWN = 'NOASSERTION';

const WHAT_IT_SAYS =
  'This document lists no packages. An annotation has the digest of the list of all files: path, type, mode, owner, size, SHA-256, link target and device number of each, without times and extended attributes.';

/**
 * An SPDX document of one root filesystem. The same parts give the same document, its namespace included. Annotations are
 * canonical JSON: they are what BuildKit keeps when it writes a document again.
 * @see https://spdx.github.io/spdx-spec/v2.3/
 */
export function buildSpdxDocument({ name, tool, created, ofRoot, ofBuild }: SpdxParts) {
  const annotations = (items: readonly Annotation[]) =>
    items.map((item) => ({
      annotationType: 'OTHER',
      annotator: tool,
      annotationDate: created,
      comment: canonicalJson(item),
    }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    creationInfo: { created, creators: [tool], comment: WHAT_IT_SAYS },
    packages: [
      {
        SPDXID: ROOT_ID,
        name,
        downloadLocation: UNKNOWN,
        filesAnalyzed: false,
        licenseConcluded: UNKNOWN,
        licenseDeclared: UNKNOWN,
        copyrightText: UNKNOWN,
        comment: 'The root filesystem.',
        annotations: annotations(ofRoot),
      },
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: ROOT_ID },
    ],
    ...(ofBuild.length > 0 && { annotations: annotations(ofBuild) }),
  };
  return { ...document, documentNamespace: namespaceOf(name, document) };
}

/** The namespace of creators without a website of their own, with a UUID that follows from the content. */
function namespaceOf(name: string, content: unknown): string {
  const hex = hexOf(digestOf(canonicalJson(content)));
  // Version 8, variant 10. https://www.rfc-editor.org/rfc/rfc9562#section-5.8
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${uuid.join('-')}`;
}
