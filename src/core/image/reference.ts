import type { Digest } from '../../base/digest.ts';

/** Where an image is: transport and name, as skopeo and podman write them. */
export type ImageReference =
  | { readonly transport: 'oci'; readonly path: string; readonly tag: string | null }
  | { readonly transport: 'oci-archive'; readonly path: string; readonly tag: string | null }
  | { readonly transport: 'docker-archive'; readonly path: string; readonly name: string | null }
  | { readonly transport: 'docker-daemon'; readonly name: string }
  | {
      readonly transport: 'docker';
      readonly host: string;
      readonly repository: string;
      readonly tag: string | null;
      readonly digest: Digest | null;
    };
