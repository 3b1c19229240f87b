import { VarveError } from '../../base/errors.ts';
import { parseDockerName, withoutSecretParts } from '../../core/image/docker-name.ts';

/** Where what a run found out is published: in the image's own repository, or in another one. */
export type PublishSetting =
  | { readonly kind: 'image' }
  | {
      readonly kind: 'repository';
      readonly host: string;
      readonly repository: string;
      readonly tag: string | null;
    };

/** Takes `image` or `oci://HOST/REPO[:TAG]`. @throws VarveError `bad-option`, `bad-reference`. */
export function parsePublish(text: string): PublishSetting {
  const value = text.trim();
  if (value === 'image') return { kind: 'image' };
  if (value.startsWith('oci://')) {
    const { host, repository, tag, digest } = parseDockerName(value.slice('oci://'.length));
    if (digest === null) return { kind: 'repository', host, repository, tag };
  }
  throw new VarveError(
    'bad-option',
    `${JSON.stringify(withoutSecretParts(value).slice(0, 200))} is not a place to publish to`,
    {
      hint: "write image for the image's own repository, or oci://HOST/REPO[:TAG]",
    },
  );
}
