import { rootFolders } from '../../adapters/root-folder/walk-root-folder.ts';
import type { ScanTools } from '../../flows/sbom/scan-build.ts';
import type { Host } from '../host/host.ts';
import { openFolder } from '../stores/directory.ts';

/** What scanning a build needs of the outside. @param casRoot where what is found is kept, if anywhere. */
export async function composeScanTools(
  casRoot: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<ScanTools> {
  const store = casRoot === undefined ? null : await openFolder(casRoot, host);
  return { folders: rootFolders, surface: store?.surface ?? null, signal };
}
