import { fetchArtifact, unpackArtifact } from '../../../core/artifact/unpack-artifact.ts';
import { createFolder, openArtifact } from '../../compose/artifacts.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { readLimits } from '../../settings/limits.ts';
import { writeArtifact } from './artifact-output.ts';
import type { RunCommand } from './command.ts';

/** `artifact unpack` and `artifact pull`: what is verified and written is the same, wherever it comes from. */
export const run: RunCommand<'artifact unpack' | 'artifact pull'> = async (invocation) => {
  const { settings, resources, host, signal } = invocation;
  const [text = '', path = ''] = invocation.arguments;
  const limits = readLimits(settings);
  const access = readRegistryAccess(settings, host);
  const { place, reference } = await openArtifact(text, { access, resources, signal });
  await using folder = await createFolder(path, host.checkouts);
  const artifact = await fetchArtifact(place, reference, limits);
  await unpackArtifact(artifact, folder, (file) => place.readBlob(file), limits);
  await folder.commit();
  writeArtifact(invocation, { digest: artifact.manifest.digest, ...artifact });
  return EXIT_STATUS.done;
};
