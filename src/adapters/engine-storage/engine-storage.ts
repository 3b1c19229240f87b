/** The storage of an engine, as the engine states it. */
export interface EngineStorage {
  /** `overlay2`, `fuse-overlayfs` or `vfs` of Docker, `overlay` or `vfs` of Podman; others keep no files to read. */
  readonly driver: string;
  /** Its folder on the engine's host: `DockerRootDir`, Podman's `graphRoot`. */
  readonly root: string;
}
