import { isWithin } from '../host/checkouts.ts';
import { fromFile, noteMisnamedFile, noteStrayVariables } from '../settings/setting-sources.ts';
import type { GatheredSettings, SettingsRequest } from './base-settings.ts';

/**
 * Gathers what the user says and what a settings file says. In a pull request, a file of the checkout is its author's:
 * there that of the base commit counts.
 * @throws VarveError `bad-option` for a settings file that cannot be used.
 */
export async function gatherSettings(request: SettingsRequest): Promise<GatheredSettings> {
  const { host, given, defaults = [], named, catalogue } = request;
  const stray = noteStrayVariables(host.environment, catalogue);
  if (host.inWorkflow && (named === undefined || isWithin(named, host.checkouts))) {
    const { gatherOfPullRequest } = await import('./base-settings.ts');
    const gathered = await gatherOfPullRequest(request);
    if (gathered !== null) return { ...gathered, notes: [...stray, ...gathered.notes] };
  }
  const file = await fromFile(named, catalogue);
  const notes = named === undefined ? [...stray, ...noteMisnamedFile()] : stray;
  return { sources: [...given, file, ...defaults], notes };
}
