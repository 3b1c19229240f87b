import { fetchArtifact, unpackArtifact } from '../../core/artifact/unpack-artifact.ts';
import { readLimits } from '../compose.ts';
import { createFolder, openLayout } from '../compose-artifacts.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import type { LIMIT_SETTINGS } from '../settings/settings.ts';
import { writeArtifact } from './artifact-output.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand<(typeof LIMIT_SETTINGS)[number]> = async (invocation) => {
  const [text = '', path = ''] = invocation.arguments;
  const limits = readLimits(invocation.settings);
  const { place, reference } = openLayout(text);
  const artifact = await fetchArtifact(place, reference, limits);
  await using folder = await createFolder(path);
  await unpackArtifact(artifact, folder, (file) => place.readBlob(file), limits);
  await folder.commit();
  writeArtifact(invocation, { digest: artifact.manifest.digest, ...artifact });
  return EXIT_STATUS.done;
};
