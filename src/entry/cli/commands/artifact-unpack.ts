import { fetchArtifact, unpackArtifact } from '../../../core/artifact/unpack-artifact.ts';
import { createFolder, openArtifact } from '../../compose/artifacts.ts';
import { type RegistrySettings, readLimits, readRegistryAccess } from '../../compose/tools.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { LIMIT_SETTINGS } from '../../settings/settings.ts';
import { writeArtifact } from './artifact-output.ts';
import type { RunCommand } from './command.ts';

/** `artifact unpack` and `artifact pull`: what is verified and written is the same, wherever it comes from. */
export const run: RunCommand<keyof RegistrySettings | (typeof LIMIT_SETTINGS)[number]> = async (
  invocation,
) => {
  const { settings, output, resources } = invocation;
  const [text = '', path = ''] = invocation.arguments;
  const limits = readLimits(settings);
  const access = readRegistryAccess(settings, output.environment);
  const { place, reference } = await openArtifact(text, access, resources);
  await using folder = await createFolder(path);
  const artifact = await fetchArtifact(place, reference, limits);
  await unpackArtifact(artifact, folder, (file) => place.readBlob(file), limits);
  await folder.commit();
  writeArtifact(invocation, { digest: artifact.manifest.digest, ...artifact });
  return EXIT_STATUS.done;
};
