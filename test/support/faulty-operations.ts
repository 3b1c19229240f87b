import {
  type FileOperations,
  nodeFileOperations,
} from '../../src/adapters/stores/directory/file-operations.ts';

export type Operation = keyof FileOperations;

/** A fault as the operating system gives it. */
export function systemFault(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** File operations that wait for no disk: tests of what is done need not be as slow as doing it safely. */
export const unsyncedOperations: FileOperations = {
  ...nodeFileOperations,
  writeNew: (path, bytes) => nodeFileOperations.writeNew(path, bytes, false),
  syncDirectory: async () => undefined,
};

/**
 * File operations that first tell of each step, in order; what `before` throws becomes the step's fault.
 * @param node what does the steps; unless told otherwise, it waits for no disk.
 */
export function watchedOperations(
  before: (operation: Operation, path: string, step: number) => void | Promise<void>,
  node: FileOperations = unsyncedOperations,
): FileOperations {
  let step = 0;
  const told = async (operation: Operation, path: string) => before(operation, path, step++);
  return {
    makeDirectory: (path) => told('makeDirectory', path).then(() => node.makeDirectory(path)),
    writeNew: (path, bytes, sync) => told('writeNew', path).then(() => node.writeNew(path, bytes, sync)),
    link: (from, to) => told('link', to).then(() => node.link(from, to)),
    rename: (from, to) => told('rename', to).then(() => node.rename(from, to)),
    remove: (path) => told('remove', path).then(() => node.remove(path)),
    removeEmpty: (path) => told('removeEmpty', path).then(() => node.removeEmpty(path)),
    syncDirectory: (path) => told('syncDirectory', path).then(() => node.syncDirectory(path)),
  };
}
