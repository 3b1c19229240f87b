import { statSync } from 'node:fs';
import { VarveError } from '../../base/errors.ts';
import { type RangeSource, sourceOfFile } from '../../base/range-source.ts';
import { readFault } from '../filesystem/file-fault.ts';
import { FileTree, walk } from '../filesystem/file-tree.ts';

/**
 * The files below a folder; folders as such are not told.
 * @throws VarveError `unsupported` for links, pipes and the like; `bad-option` where there is no file; `unreachable`.
 */
export function listFolderFiles(folder: string): { readonly path: string; readonly content: RangeSource }[] {
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status === undefined) throw notAFolder(folder, `the folder ${folder} does not exist`);
  if (!status.isDirectory()) throw notAFolder(folder, `${folder} is a file, not a folder`);
  const tree = new FileTree(folder);
  const files = [...walk(tree, '.')].map(({ path, regular }) => {
    const relative = path.slice('./'.length);
    if (!regular) {
      throw new VarveError('unsupported', `${folder}: ${relative} is not a regular file`, {
        object: relative,
        hint: 'an artifact holds only regular files: replace a link with a copy of its file',
      });
    }
    return { path: relative, content: sourceOfFile(tree.at(path), sizeOf(tree.at(path))) };
  });
  if (files.length > 0) return files;
  throw new VarveError('bad-option', `${folder} has no files`, { object: folder });
}

function notAFolder(folder: string, problem: string): VarveError {
  return new VarveError('bad-option', problem, {
    object: folder,
    hint: 'name a folder that has the files',
  });
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (fault) {
    throw readFault(fault, path);
  }
}
