import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../adapters/filesystem/temporary-folder.ts';
import { ArchiveKit } from '../../adapters/kits/archive-kit.ts';
import { ArchiveKitWriter } from '../../adapters/kits/archive-writer.ts';
import { FolderKit, FolderKitWriter } from '../../adapters/kits/folder-kit.ts';
import { kitNotFound } from '../../adapters/kits/kit-fault.ts';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { readRange } from '../../base/file-range.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { sourceOfBytes, sourceOfFile } from '../../base/range-source.ts';
import { type ArtifactFile, parseArtifact } from '../../core/artifact/artifact-manifest.ts';
import { ARTIFACT_TYPES, KIT_FILE } from '../../core/artifact/media-type.ts';
import { describeFile, packageArtifact, pushArtifact } from '../../core/artifact/package-artifact.ts';
import { verifyTag } from '../../core/artifact/tags.ts';
import type { KitIndex } from '../../core/kit/kit-index.ts';
import type { KitReader, KitWriter } from '../../core/kit/kit-place.ts';
import type { Store } from '../../core/store/store.ts';
import type { Host } from '../host/host.ts';
import { openDirectory } from '../stores/open-directory.ts';
import { openArtifact, openLayout, type RegistryReach } from './artifacts.ts';
import { isArchiveName } from './kit-names.ts';

/**
 * Opens a kit that is read: a folder, a `.tar` or `.tar.zst`, a zip with one of these in it, or an artifact (`oci:DIR[:TAG]`, `oci://HOST/REPO[:TAG]`).
 * @throws VarveError `kit-not-found`; `bad-reference`, `unreachable` for an artifact.
 */
export async function openKit(text: string, reach: RegistryReach): Promise<KitReader> {
  if (/^(?:oci|docker):/.test(text)) return openKitArtifact(text, reach);
  const status = statSync(text, { throwIfNoEntry: false });
  if (text === '-') throw kitNotFound(text, 'is standard input, which can be read only once');
  if (status === undefined) throw kitNotFound(text, 'does not exist');
  if (!status.isDirectory()) return openArchive(text);
  if (existsSync(join(text, 'oci-layout'))) return openKitArtifact(`oci:${text}`, reach);
  if (existsSync(join(text, 'scanner/surface'))) throw isStore(text);
  return new FolderKit(text);
}

function isStore(path: string): VarveError {
  return new VarveError('kit-not-found', `${path} is a store, and not a kit`, {
    object: path,
    hint: `make a kit of it: varve kit export kit.tar.zst --cas-root ${path}`,
  });
}

/**
 * Makes a kit that is written: a tar for a name that ends in `.tar` or `.tar.zst`, an artifact for `oci:DIR[:TAG]`, else
 * a folder.
 * @param asLayout whether a path is that of an image layout.
 * @throws VarveError `bad-option` for other archives, and for a folder that holds something else; `store-unwritable`.
 */
export async function createKit(
  text: string,
  asLayout: boolean,
  { checkouts, temporaryFolder }: Host,
): Promise<KitWriter> {
  const strange = checkouts;
  refuseOtherPlaces(text);
  if (text.startsWith('oci:') || asLayout) {
    const place = text.startsWith('oci:') ? text : `oci:${text}`;
    return LayoutKitWriter.create(place, strange, temporaryFolder);
  }
  if (isArchiveName(text)) return new ArchiveKitWriter(text, { compressed: !text.endsWith('.tar'), strange });
  const [other] = /\.(?:zip|tgz|tar\.[a-z0-9]+|gz|zst)$/.exec(text) ?? [];
  if (statSync(text, { throwIfNoEntry: false })?.isFile()) {
    throw new VarveError('bad-option', `${text} is a file, and not a kit`, {
      object: text,
      hint: 'name a file that ends in .tar.zst or .tar, or a folder',
    });
  }
  if (other === undefined) return new FolderKitWriter(text, strange);
  throw new VarveError('bad-option', `a kit is not written as ${other}`, {
    object: text,
    hint: 'name a file that ends in .tar.zst or .tar, or a folder',
  });
}

/** Words that mean a place elsewhere, and would become strange names of folders. */
function refuseOtherPlaces(text: string): void {
  const isElsewhere = /^[a-z][a-z0-9+.-]+:/.test(text) && !/^oci:(?!\/\/)/.test(text);
  if (text !== '-' && !isElsewhere) return;
  throw new VarveError('bad-option', `${text} is not a place for a kit`, {
    object: text,
    hint: 'name a file that ends in .tar.zst or .tar, a folder, or oci:DIR[:TAG]; skopeo and oras move the last one to a registry',
  });
}

async function openKitArtifact(text: string, reach: RegistryReach): Promise<KitReader> {
  const { place, reference } = await openArtifact(text, reach);
  const bytes = await place.fetchManifest(reference, DEFAULT_LIMITS);
  if (bytes === null) throw kitNotFound(text, 'has no artifact of that name');
  const file = filesOf(bytes, text).find(({ path }) => path === KIT_FILE);
  if (file === undefined) throw kitNotFound(text, `has no ${KIT_FILE}`);
  return new ArchiveKit(text, () => place.readBlob(file));
}

function filesOf(manifest: Uint8Array, text: string): readonly ArtifactFile[] {
  try {
    return parseArtifact(manifest, { object: text, digest: null }).files;
  } catch (fault) {
    if (!['unsupported', 'not-an-image'].includes(toVarveError(fault).code)) throw fault;
    throw kitNotFound(text, 'holds an image, or another artifact');
  }
}

/** What a zip begins with, unless it is empty. */
const ZIP_MAGIC = Buffer.from('PK\x03\x04');
const isZip = (head: Uint8Array = new Uint8Array(0)): boolean =>
  ZIP_MAGIC.equals(head.subarray(0, ZIP_MAGIC.length));

async function openArchive(path: string): Promise<KitReader> {
  const [head] = readRange(path);
  if (!isZip(head)) return new ArchiveKit(path, () => readRange(path));
  const { readTarInZip } = await import('../../adapters/kits/zip-member.ts');
  return new ArchiveKit(path, () => readTarInZip(readRange(path), path));
}

/** An empty store in a folder that is gone at the end of the run. */
export async function openKitScratch(
  { temporaryFolder }: Host,
  resources: AsyncDisposableStack,
): Promise<Store> {
  const folder = resources.use(await makeTemporaryFolder(temporaryFolder, 'varve-kit-'));
  return openDirectory(folder.path);
}

/** Writes a kit as an artifact into an image layout: its tar, and its index for those who look. */
class LayoutKitWriter implements KitWriter {
  readonly location: string;
  readonly #tar: KitWriter;
  readonly #path: string;
  readonly #strange: readonly string[];
  readonly #resources: AsyncDisposableStack;
  #index: Uint8Array = new Uint8Array(0);

  private constructor(
    location: string,
    path: string,
    strange: readonly string[],
    resources: AsyncDisposableStack,
  ) {
    this.location = location;
    this.#path = path;
    this.#strange = strange;
    this.#resources = resources;
    this.#tar = resources.use(new ArchiveKitWriter(path, { compressed: false, strange: [] }));
  }

  static async create(
    location: string,
    strange: readonly string[],
    temporaryFolder: string,
  ): Promise<LayoutKitWriter> {
    const { place, tag } = openLayout(location, strange);
    if (tag !== null) await verifyTag(place, tag, ARTIFACT_TYPES.kit);
    const resources = new AsyncDisposableStack();
    const folder = resources.use(await makeTemporaryFolder(temporaryFolder, 'varve-kit-'));
    return new LayoutKitWriter(location, join(folder.path, KIT_FILE), strange, resources);
  }

  async begin(index: KitIndex, bytes: Uint8Array): Promise<void> {
    this.#index = bytes;
    await this.#tar.begin(index, bytes);
  }

  add(path: string, bytes: Uint8Array): Promise<void> {
    return this.#tar.add(path, bytes);
  }

  async commit(): Promise<void> {
    await this.#tar.commit();
    const { place, tag } = openLayout(this.location, this.#strange);
    const files = await Promise.all([
      describeFile({ path: KIT_FILE, content: sourceOfFile(this.#path, statSync(this.#path).size) }),
      describeFile({ path: 'manifest-index.json', content: sourceOfBytes(this.#index) }),
    ]);
    const artifact = packageArtifact(files, { artifactType: ARTIFACT_TYPES.kit });
    await pushArtifact(place, artifact, tag === null ? [] : [tag]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
