import { VarveError } from '../../base/errors.ts';
import { didYouMean } from '../../base/near-names.ts';

/** The platform of an image, as an OCI index and config name it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /**
   * Of Windows, where hosts choose by it: the release, with the features that they must have, as containerd writes them:
   * `10.0.17763`, `10.0.17763+win32k`. A revision (`10.0.17763.1234`) is not part of it.
   */
  readonly osVersion?: string;
}

/** Which of an image's platforms are wanted; undefined: the host's, or the only one. */
export type PlatformWish = Platform | 'all' | undefined;

/** What may stand for an operating system, architecture or variant: it becomes part of paths and keys. */
export const PLATFORM_PART = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const OS_VERSION = /^(?!$)[A-Za-z0-9_.-]{0,64}(?:\+[A-Za-z0-9_.-]{1,64}){0,8}$/;

const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  i386: ['386'],
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** What a platform without a variant means, where variants of its architecture are counted. */
const BASE_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/**
 * One spelling for each platform, as containerd has it: `x86_64` is `amd64`, `aarch64` and `arm64/v8` are
 * `arm64`, and `arm` is `arm/v7`.
 * @see https://github.com/containerd/platforms/blob/v1.0.0/database.go
 */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const given = platform.architecture.toLowerCase();
  const [architecture, implied] = ARCHITECTURES[given] ?? [given];
  const stated = (platform.variant ?? '').toLowerCase() || implied;
  const numbered = stated !== undefined && /^\d/.test(stated) ? `v${stated}` : stated;
  const base = BASE_VARIANTS[architecture];
  const variant = architecture === 'arm' ? (numbered ?? base) : numbered === base ? undefined : numbered;
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(os === 'windows' && platform.osVersion && { osVersion: normalizeOsVersion(platform.osVersion) }),
  };
}

/** Hosts do not look at the revision of a release. Whatever stands there, it stays a short word. */
function normalizeOsVersion(text: string): string {
  const [version = '', ...features] = text.replaceAll(/[^A-Za-z0-9_.+-]/g, '_').split('+');
  const release = version.replace(/^(\d+\.\d+\.\d+)\.\d+$/, '$1');
  return [release, ...new Set(features.sort())].join('+').slice(0, 64);
}

/** A platform with the release of Windows that a config, or an entry of an index, states for it. */
export function withRelease(platform: Platform, stated: Readonly<Record<string, unknown>>): Platform {
  const { 'os.version': version, 'os.features': features } = stated;
  const parts = [version, ...(Array.isArray(features) ? features : [])];
  const osVersion = parts.map((part) => (typeof part === 'string' ? part : '')).join('+');
  return normalizePlatform({ ...platform, osVersion });
}

/** What a platform is written of: `windows(10.0.17763)` and `amd64`. */
export function partsOfPlatform({ os, architecture, variant, osVersion }: Platform): readonly string[] {
  const system = osVersion === undefined ? os : `${os}(${osVersion})`;
  return [system, architecture, ...(variant === undefined ? [] : [variant])];
}

/** A platform as `os/architecture` or `os/architecture/variant`; that of a release as `os(release)/architecture`. */
export function formatPlatform(platform: Platform): string {
  return partsOfPlatform(platform).join('/');
}

/**
 * Reads `os[(release)]/architecture[/variant]`, in any spelling, as a normalized platform.
 * @see https://github.com/containerd/platforms/blob/v1.0.0/platforms.go
 * @throws VarveError `bad-option`.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [system = '', architecture = '', variant] = parts;
  const [, os = '', osVersion] = /^([^()]*)(?:\(([^()]*)\))?$/.exec(system) ?? [];
  const isRelease = osVersion === undefined || (os.toLowerCase() === 'windows' && OS_VERSION.test(osVersion));
  const names = [os, architecture, ...parts.slice(2)];
  if (parts.length > 3 || !isRelease || !names.every((name) => PLATFORM_PART.test(name))) {
    throw new VarveError('bad-option', `${JSON.stringify(text.slice(0, 100))} is not a platform`, {
      object: text.slice(0, 100),
      hint: 'write OS/ARCHITECTURE[/VARIANT], such as linux/arm64 or linux/arm/v7',
    });
  }
  return normalizePlatform({
    ...{ os, architecture },
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { osVersion }),
  });
}

/** Reads a wish that was uttered: `all`, or one platform. @throws VarveError `bad-option`. */
export function parsePlatformWish(text: string): Platform | 'all' {
  return text.trim() === 'all' ? 'all' : parsePlatform(text);
}

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** The platform whose images a machine runs: Linux, on the architecture that Node names (`process.arch`). */
export function hostPlatform(nodeArchitecture: string): Platform {
  const architecture = NODE_ARCHITECTURES[nodeArchitecture] ?? nodeArchitecture;
  return normalizePlatform({ os: 'linux', architecture });
}

/**
 * Chooses one of an image's platforms: the wanted one; without a wish, the host's; and where there is only one,
 * that one.
 * @param error what the error names: the image or history, and the platforms that it lists but does not have.
 * @returns the element of `platforms` itself.
 * @throws VarveError `platform-not-found` that says what there is; `bad-option` where it has several of the wanted.
 */
export function choosePlatform(
  platforms: readonly Platform[],
  wanted: Platform | undefined,
  host: Platform,
  { of, listed = [] }: { readonly of?: string; readonly listed?: readonly Platform[] } = {},
): Platform {
  const only = platforms.length === 1 ? platforms[0] : undefined;
  const found = wanted ? chooseWanted(platforms, wanted, of) : (only ?? runnable(platforms, host));
  if (found) return found;
  const target = formatPlatform(normalizePlatform(wanted ?? host));
  const absent = listed.length > 0 ? `; named, but not here: ${formatAll(listed)}` : '';
  const subject = of === undefined ? '' : `${of} has `;
  throw new VarveError(
    'platform-not-found',
    `${subject}no image for ${target}, only for ${formatAll(platforms)}${absent}`,
    {
      object: target,
      hint:
        didYouMean(target, platforms.map(formatPlatform)) ??
        `choose one with --platform, such as ${formatAll(platforms.slice(0, 1))}`,
    },
  );
}

/** @throws VarveError `bad-option` where there are several releases of Windows, and the wish names none. */
function chooseWanted(platforms: readonly Platform[], wanted: Platform, of?: string): Platform | undefined {
  const fitting = platforms.filter((platform) => fitsPlatform(platform, wanted));
  const found = fitting.find((platform) => samePlatform(platform, wanted));
  if (found !== undefined || fitting.length < 2) return found ?? fitting[0];
  const target = formatPlatform(normalizePlatform(wanted));
  const subject = of === undefined ? 'there are' : `${of} has`;
  throw new VarveError('bad-option', `${subject} several images for ${target}: ${formatAll(fitting)}`, {
    object: of ?? target,
    hint: `choose a release with --platform, such as '${formatAll(fitting.slice(0, 1))}', or take all`,
  });
}

const PLATFORMS_SHOWN = 30;

function formatAll(platforms: readonly Platform[]): string {
  const shown = platforms.slice(0, PLATFORMS_SHOWN).map(formatPlatform);
  return [...shown, ...(platforms.length > shown.length ? ['…'] : [])].join(', ');
}

/** The platforms that another list does not have, in whatever spelling. */
export function platformsWithout(
  platforms: readonly Platform[],
  others: readonly Platform[],
): readonly Platform[] {
  return platforms.filter((platform) => !others.some((other) => samePlatform(platform, other)));
}

/** The newest variant that the machine runs: as containerd has it, newer machines run older variants. */
function runnable(platforms: readonly Platform[], host: Platform): Platform | undefined {
  const { architecture, ...rest } = normalizePlatform(host);
  const highest = variantNumber({ architecture, ...rest });
  return platforms
    .filter((platform) => platform.os === 'linux' && platform.architecture === architecture)
    .filter((platform) => variantNumber(platform) <= highest)
    .sort((a, b) => variantNumber(b) - variantNumber(a))[0];
}

/** Tells whether two platforms are one, whatever their spelling. */
export function samePlatform(a: Platform, b: Platform): boolean {
  return formatPlatform(normalizePlatform(a)) === formatPlatform(normalizePlatform(b));
}

/** Tells whether a platform is one that is wanted: without a release or features in the wish, of any. */
export function fitsPlatform(platform: Platform, wanted: Platform): boolean {
  const [has, wish] = [platform, wanted].map((each) => normalizePlatform(each).osVersion);
  const ofAny = { osVersion: '' };
  return (
    samePlatform({ ...platform, ...ofAny }, { ...wanted, ...ofAny }) &&
    (wish === undefined || `${has}+`.startsWith(`${wish}+`))
  );
}

function variantNumber({ architecture, variant = BASE_VARIANTS[architecture] }: Platform): number {
  return Number.parseFloat((variant ?? '').slice(1));
}
