import { BASELINE_SETTINGS } from './baseline.ts';
import { COMMENT_SETTINGS } from './comment.ts';
import { COMPARING_SETTINGS } from './comparing.ts';
import { GENERATOR_SETTINGS } from './generator.ts';
import { IMAGE_SETTINGS } from './image.ts';
import { LIMIT_SETTINGS } from './limits.ts';
import { NETWORK_SETTINGS } from './network.ts';
import { OUTPUT_SETTINGS } from './output.ts';
import { REVISION_SETTINGS } from './revision.ts';
import type { Catalogue, Face, Setting } from './setting.ts';
import { STORE_SETTINGS } from './store.ts';

/**
 * Every setting there is, under the one name that it has as action input, as `--option`,
 * as `VARVE_…` variable and as key in varve.yml; in the order of documentation.
 */
export const SETTINGS = {
  ...IMAGE_SETTINGS,
  ...BASELINE_SETTINGS,
  ...STORE_SETTINGS,
  ...COMPARING_SETTINGS,
  ...COMMENT_SETTINGS,
  ...NETWORK_SETTINGS,
  ...REVISION_SETTINGS,
  ...OUTPUT_SETTINGS,
  ...GENERATOR_SETTINGS,
  ...LIMIT_SETTINGS,
} as const;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The values of a catalogue's settings. */
export type ValuesOf<C extends Catalogue> = { readonly [N in keyof C]: ValueOf<C[N]> };

export type SettingName = keyof typeof SETTINGS;
export type Settings = ValuesOf<typeof SETTINGS>;

/** The values of the settings that a face takes. */
export type SettingsOf<F extends Face> = {
  readonly [N in SettingName as F extends (typeof SETTINGS)[N]['faces'][number] ? N : never]: Settings[N];
};

/** The names of the settings that a face takes. */
export function settingsOf<F extends Face>(face: F): readonly (keyof SettingsOf<F>)[];
export function settingsOf(face: Face, catalogue: Catalogue): readonly string[];
export function settingsOf(face: Face, catalogue: Catalogue = SETTINGS): readonly string[] {
  return Object.keys(catalogue).filter((name) => catalogue[name]?.faces.includes(face));
}
