import type { FileTree } from './file-tree.ts';

/** Something below a directory that is not itself a directory. */
export interface WalkedFile {
  readonly path: string;
  /** False for links, pipes and the like. */
  readonly regular: boolean;
}

/** Everything below a directory, sorted by name within each; nothing when it is absent. Follows no link. */
export function* walk(tree: FileTree, directory: string): Generator<WalkedFile> {
  for (const { name, type } of tree.list(directory)) {
    const path = `${directory}/${name}`;
    if (type === 'directory') yield* walk(tree, path);
    else yield { path, regular: type === 'file' };
  }
}
