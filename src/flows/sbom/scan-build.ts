import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import { type Annotation, annotate } from '../../core/sbom/annotation.ts';
import { listRootFiles, ROOT_FILES_DAYS, ROOT_FILES_KIND } from '../../core/sbom/root-files.ts';
import type { RootFolders } from '../../core/sbom/root-folders.ts';
import { buildSpdxDocument } from '../../core/sbom/spdx-document.ts';
import { spdxStatement } from '../../core/sbom/statement.ts';
import { type GivenFile, listGiven, type Producer, packGivenFile } from '../../core/surface/given-file.ts';
import type { SurfaceItem } from '../../core/surface/item.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { expiryAfter } from '../../core/surface/retention.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';

/** A root filesystem that is to be scanned. */
export interface ScanTarget {
  readonly name: string;
  readonly folder: string;
}

export interface ScanTools {
  readonly folders: RootFolders;
  /** Where what was found is kept; null for nowhere. */
  readonly surface: SurfaceStore | null;
  readonly signal: AbortSignal;
}

export interface ScanRequest {
  /** The result of the build, then what else of it is to be scanned. */
  readonly targets: readonly [ScanTarget, ...ScanTarget[]];
  /** What other tools found out about the result. */
  readonly given: readonly GivenFile[];
  readonly producer: Producer | null;
  readonly origin: Origin;
  /** `varve-1.2.3`. */
  readonly tool: string;
  /** When the documents say that they were made. */
  readonly created: string;
  readonly limits: Limits;
}

/** The document of one root filesystem. */
export interface ScannedRoot {
  readonly name: string;
  /** Digest of the list of its files. */
  readonly digest: Digest;
  readonly files: number;
  readonly contentBytes: number;
  /** An in-toto statement with an SPDX document. */
  readonly statement: Uint8Array;
}

/** Scans the root filesystems of a build, one after the other. @throws VarveError as `RootFolders` and stores do. */
export async function scanBuild(tools: ScanTools, request: ScanRequest): Promise<ScannedRoot[]> {
  const ofBuild = await annotateGiven(tools, request);
  const scanned: ScannedRoot[] = [];
  for (const target of request.targets) {
    scanned.push(await scanRoot(tools, request, target, target === request.targets[0] ? ofBuild : []));
  }
  return scanned;
}

async function scanRoot(
  { folders, surface, signal }: ScanTools,
  { origin, tool, created, limits }: ScanRequest,
  { name, folder }: ScanTarget,
  ofBuild: readonly Annotation[],
): Promise<ScannedRoot> {
  const list = await listRootFiles(folders.walk(folder, limits, signal));
  const { digest, sizeBytes, compressed, entries, files, contentBytes } = list;
  const item: SurfaceItem = {
    ...{
      key: { tenant: origin.tenant, kind: ROOT_FILES_KIND, digest },
      format: 'ndjson',
      sizeBytes,
      compressed,
    },
    ...{
      source: origin.source,
      createdAt: origin.time,
      expiresAt: expiryAfter(ROOT_FILES_DAYS, origin.time),
    },
  };
  await surface?.put([item]);
  const ofRoot = [annotate(item, surface !== null, { entries, files, contentBytes })];
  const statement = spdxStatement(
    buildSpdxDocument({ name, tool: `Tool: ${tool}`, created, ofRoot, ofBuild }),
  );
  return { name, digest, files, contentBytes, statement };
}

async function annotateGiven(
  { surface }: ScanTools,
  { given, producer, origin }: ScanRequest,
): Promise<Annotation[]> {
  const items = given.map((file) => packGivenFile(origin, file));
  if (items.length > 0) await surface?.put(items);
  return items.map((item) =>
    annotate(item, surface !== null, { view: listGiven(item, producer).view ?? 'external' }),
  );
}
