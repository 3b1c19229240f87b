import type { BlobDescriptor } from './artifacts.ts';
import type { SurfaceManifest } from './documents.ts';
/** What the manifest of an image is made of. */
export interface ManifestParts {
    /** `default` when left out. */
    readonly tenant?: string;
    /** Digest of the image's manifest, or of its config where it has no manifest. */
    readonly imageDigest: string;
    /** In any order; of equal ones the last counts. */
    readonly artifacts: SurfaceManifest['artifacts'];
}
/** A surface manifest, its canonical bytes, their digest, and its `cas://` URI. */
export interface BuiltManifest {
    readonly manifest: SurfaceManifest;
    readonly bytes: Uint8Array;
    readonly digest: string;
    readonly uri: string;
}
/** The descriptor of a blob, which may say more of it. */
export interface AnnotatedDescriptor extends BlobDescriptor {
    readonly annotations?: Readonly<Record<string, string>>;
}
/** The manifest of an artifact: its descriptor, and its exact bytes. */
export interface BuiltArtifactManifest extends BlobDescriptor {
    readonly bytes: Uint8Array;
}
/**
 * Builds the manifest of an OCI artifact of a config and layers, which stay in their order. The same parts give the same
 * bytes.
 * @throws VarveError `bad-reference` for a digest that is not one.
 */
export declare function buildManifest(config: BlobDescriptor, layers: readonly AnnotatedDescriptor[], options?: {
    readonly artifactType?: string;
}): BuiltArtifactManifest;
/**
 * Builds the surface manifest of an image: the same bytes whatever the order of its artifacts.
 * @returns the manifest, its canonical bytes, their digest, and its `cas://` URI.
 * @throws VarveError `bad-reference` for a digest that is not one; `malformed` for artifacts that cannot stand in one.
 */
export declare function buildManifest(parts: ManifestParts): BuiltManifest;
