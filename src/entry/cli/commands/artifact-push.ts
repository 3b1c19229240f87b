import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { DEFAULT_TAG } from '../../../core/artifact/moving-tags.ts';
import { findSubject } from '../../../core/artifact/subject.ts';
import { openRepository } from '../../compose/artifacts.ts';
import { type RegistrySettings, readRegistryAccess } from '../../compose/tools.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { packageFolder } from './package-folder.ts';

export const run: RunCommand<keyof RegistrySettings> = async (invocation) => {
  const { settings, output, resources, options } = invocation;
  const [folder = '', text = ''] = invocation.arguments;
  const access = readRegistryAccess(settings, output.environment);
  const { place, tag } = await openRepository(text, access, resources);
  const subject =
    options.subject === undefined ? null : await findSubject(place, String(options.subject), DEFAULT_LIMITS);
  const fallback = subject === null ? DEFAULT_TAG : null;
  await packageFolder(invocation, folder, { place, tag: tag ?? fallback, subject });
  return EXIT_STATUS.done;
};
