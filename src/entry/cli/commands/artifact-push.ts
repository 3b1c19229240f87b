import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { findSubject } from '../../../core/artifact/subject.ts';
import { DEFAULT_TAG } from '../../../core/artifact/tags.ts';
import { openRepository } from '../../compose/artifacts.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { packageFolder } from './package-folder.ts';

export const run: RunCommand<'artifact push'> = async (invocation) => {
  const { settings, resources, options, host, signal } = invocation;
  const [folder = '', text = ''] = invocation.arguments;
  const access = readRegistryAccess(settings, host);
  const { place, tag } = await openRepository(text, { access, resources, signal });
  const subject =
    options.subject === undefined ? null : await findSubject(place, String(options.subject), DEFAULT_LIMITS);
  const fallback = subject === null ? DEFAULT_TAG : null;
  await packageFolder(invocation, folder, { place, tag: tag ?? fallback, subject });
  return EXIT_STATUS.done;
};
