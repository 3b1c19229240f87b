import { VarveError } from '../../base/errors.ts';
import { parseArtifact } from '../../core/artifact/artifact-manifest.ts';
import { ARTIFACT_TYPES } from '../../core/artifact/media-type.ts';
import { describeFile, packageArtifact, pushArtifact } from '../../core/artifact/package-artifact.ts';
import { openFolder, openLayout } from '../compose-artifacts.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { writeArtifact } from './artifact-output.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand<never> = async (invocation) => {
  const [folder = ''] = invocation.arguments;
  const { output } = invocation.options;
  if (typeof output !== 'string') {
    throw new VarveError('bad-option', '--output is missing', {
      hint: 'name the image layout to write: --output oci:DIR[:TAG]',
    });
  }
  const { place, tag } = openLayout(output);
  const files = await Promise.all(openFolder(folder).map(describeFile));
  const artifact = packageArtifact(files, { artifactType: ARTIFACT_TYPES.files });
  await pushArtifact(place, artifact, tag === null ? [] : [tag]);
  const { bytes, digest } = artifact.manifest;
  writeArtifact(invocation, { digest, ...parseArtifact(bytes, { object: folder, digest }) });
  return EXIT_STATUS.done;
};
