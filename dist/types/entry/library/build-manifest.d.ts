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
/**
 * Builds the surface manifest of an image: the same bytes whatever the order of its artifacts.
 * @returns the manifest, its canonical bytes, their digest, and its `cas://` URI.
 * @throws VarveError `bad-reference` for a digest that is not one; `malformed` for artifacts that cannot stand in one.
 */
export declare function buildManifest({ tenant, imageDigest, artifacts }: ManifestParts): {
    readonly manifest: SurfaceManifest;
    readonly bytes: Uint8Array;
    readonly digest: string;
    readonly uri: string;
};
