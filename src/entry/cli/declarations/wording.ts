import { listForms } from '../../settings/baseline.ts';

export const STORE_WORDING = {
  baseline: `Store to look into, unless --cas-root names one: ${listForms()}.`,
} as const;

export const OWN_STORE_WORDING = {
  'cas-root': 'Folder of the store, which keeps what was read of each layer. Default: ~/.local/share/varve.',
} as const;

/** What looks into one image. */
export const LOOK_WORDING = {
  ...OWN_STORE_WORDING,
  platform: 'Platform of a multi-platform image. Default: linux on the architecture of this machine.',
} as const;
