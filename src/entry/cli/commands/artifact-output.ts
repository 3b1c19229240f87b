import type { Digest } from '../../../base/digest.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import { mediaTypeOfFile } from '../../../core/artifact/media-type.ts';
import { artifactLines } from '../listing/artifact.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { Call } from './command.ts';
import { writeJson } from './output.ts';

export interface HandledArtifact {
  readonly digest: Digest;
  readonly artifactType: string;
  readonly files: readonly ArtifactFile[];
}

/** Prints what an artifact is made of. */
export function writeArtifact({ output, host, format }: Call, artifact: HandledArtifact): void {
  const { digest, artifactType, files } = artifact;
  if (format === 'json') {
    const described = files.map((file) => ({ ...file, mediaType: mediaTypeOfFile(file.path) }));
    writeJson(output.stdout, { digest, artifactType, files: described });
    return;
  }
  const { palette } = describeTerminal(output.stdout, host.environment);
  output.stdout.write(`${artifactLines(artifact, palette).join('\n')}\n`);
}
