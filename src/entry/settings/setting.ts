import type { Parse } from './parse.ts';

/** Who takes settings: the actions, and every command. */
export type Face =
  | 'action'
  | 'comment action'
  | 'snapshot'
  | 'ci'
  | 'compare'
  | 'inspect'
  | 'history'
  | 'tree'
  | 'check'
  | 'layer ls'
  | 'surface put'
  | 'surface get'
  | 'surface list'
  | 'surface delete'
  | 'surface verify'
  | 'surface gc'
  | 'surface stats'
  | 'artifact package'
  | 'artifact unpack'
  | 'artifact push'
  | 'artifact pull'
  | 'kit plan'
  | 'kit export'
  | 'kit import'
  | 'kit ls'
  | 'kit receipt'
  | 'buildkit-scan'
  | 'verify'
  | 'completion'
  | 'version';

/** What speaks in a pull request. */
export const COMMENTERS = ['action', 'comment action', 'ci'] as const satisfies readonly Face[];
/** The main job, as a step of a workflow and by hand. */
export const JOB = ['action', 'snapshot', 'ci'] as const satisfies readonly Face[];
/** What takes files of other tools along. */
export const GENERATORS = [...JOB, 'buildkit-scan'] as const satisfies readonly Face[];
/** Faces that read images. */
export const READERS = [
  ...JOB,
  'compare',
  'inspect',
  'tree',
  'check',
  'layer ls',
] as const satisfies readonly Face[];
/** Faces that compare images. */
export const COMPARERS = [...JOB, 'compare'] as const satisfies readonly Face[];
/** Commands that look into a store, or change what is in it. */
export const STORE_COMMANDS = [
  'history',
  'surface put',
  'surface get',
  'surface list',
  'surface delete',
  'surface verify',
  'surface gc',
  'surface stats',
  'kit plan',
  'kit export',
  'kit import',
  'kit receipt',
  'verify',
] as const satisfies readonly Face[];

/**
 * Where the text of a setting comes from: an input of the action, an option of a command, a call of the library, a
 * `VARVE_…` variable, a settings file that was named, the one that lies in the checkout, or, in a pull request, the one
 * of the commit that it is to be merged into.
 */
export type SettingOrigin = 'input' | 'option' | 'call' | 'variable' | 'file' | 'checkout' | 'base';

/** How an origin is called in messages. */
export const ORIGINS: Readonly<Record<SettingOrigin, string>> = {
  input: 'an input of the action',
  option: 'an option',
  call: 'a call of the library',
  variable: 'a VARVE_… variable',
  file: 'a settings file that is named (--config)',
  checkout: 'the settings file of the checkout',
  base: 'the settings file of the base commit',
};

export const ANYWHERE = Object.keys(ORIGINS) as readonly SettingOrigin[];
/**
 * Only the user who runs Varve sets it, never a file that comes with a commit: what sends requests, what names a place
 * to read or write, and which tenant, commit and branch the run is for.
 */
export const BY_USER = [
  'input',
  'option',
  'call',
  'variable',
  'file',
] as const satisfies readonly SettingOrigin[];
/** A secret: set for this run alone, and never read from a file. */
export const SECRETLY = ['input', 'call', 'variable'] as const satisfies readonly SettingOrigin[];

/** Set where the run starts; a file may come with the image that is examined. */
export const OUT_OF_FILES = [
  'input',
  'option',
  'call',
  'variable',
] as const satisfies readonly SettingOrigin[];

/** A setting: help, action.yml, tables and every face follow from it. */
export interface Setting<T, F extends Face = Face> {
  /** What the value stands for in usage lines: `PATH`, `NAME`. */
  readonly value: string;
  /** One sentence for help, action.yml and README. */
  readonly description: string;
  /** @throws VarveError with what would be right. */
  readonly parse: Parse<T>;
  /** What holds when it is not given; `undefined` is a value for settings that may be left out. */
  readonly fallback: T;
  /** How the fallback reads in documentation, when it is not simply its text. */
  readonly shown?: string;
  /** The text that stands in for the fallback in a workflow; GitHub evaluates `${{ … }}`. */
  readonly inWorkflow?: string;
  /** What the switch does that turns a boolean away from its fallback. */
  readonly flip?: string;
  /** What it is called by generators of StellaOps, for those who take it in their place: `surface-tenant`. */
  readonly alias?: string;
  /** Who takes it. */
  readonly faces: readonly F[];
  /** Whom it may come from. */
  readonly from: readonly SettingOrigin[];
  /** Its face does nothing without it. */
  readonly isRequired?: true;
  /** It decides what a run finds: what the base commit says of it, a pull request cannot take away. */
  readonly isRule?: true;
}

/** Whether a face takes the place of a generator of StellaOps, and knows settings by what they are called there. */
export const takesAliases = (face: Face): boolean => (GENERATORS as readonly Face[]).includes(face);

export const setting = <T, const F extends Face>(definition: Setting<T, F>): Setting<T, F> => definition;

/** A setting that may be left out. */
export const optional = <T, const F extends Face>(
  definition: Omit<Setting<T, F>, 'fallback'>,
): Setting<T | undefined, F> => ({ ...definition, fallback: undefined });

export type Catalogue = Readonly<Record<string, Setting<unknown>>>;
