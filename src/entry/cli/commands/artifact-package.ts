import { VarveError } from '../../../base/errors.ts';
import { openLayout } from '../../compose/artifacts.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { packageFolder } from './package-folder.ts';

export const run: RunCommand<'artifact package'> = async (invocation) => {
  const [folder = ''] = invocation.arguments;
  const { output } = invocation.options;
  if (typeof output !== 'string') {
    throw new VarveError('bad-option', '--output is missing', {
      hint: 'name the image layout to write: --output oci:DIR[:TAG]',
    });
  }
  const { place, tag } = openLayout(output, invocation.host.checkouts);
  await packageFolder(invocation, folder, { place, tag, subject: null });
  return EXIT_STATUS.done;
};
