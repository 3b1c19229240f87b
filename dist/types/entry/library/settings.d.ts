/** The settings of `varve snapshot`, under the names that they have everywhere. */
export interface SnapshotSettings {
    /** Metadata file of docker buildx build or bake, or its JSON itself: the image is found by it, and must be the one that was built. */
    readonly metadata?: string;
    /** Which target of a bake the metadata is read for, where there are several. */
    readonly target?: string;
    /** Name under which the history of the image is kept. Default: the repository in the reference, without tag or digest. */
    readonly name?: string;
    /** Which platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** Whether to read and verify layers again that earlier runs have verified. */
    readonly reread?: boolean;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store that the run also adds its own snapshot to: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE; of several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Whether the snapshot is added to the baseline store for later runs. */
    readonly save?: boolean;
    /** Whether a pull request may use cache entries that its author could have forged, and save its own. Only for private repositories where every author is trusted. */
    readonly 'trust-cache'?: boolean;
    /** Folder of the content-addressed store. Default: the baseline where that is a store; else RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Tenant whose part of the store is used. */
    readonly tenant?: string;
    /** Globs of paths (var/log/**) and config pointers (/config/Labels/build) whose differences do not count, in addition to the built-in ones; one pattern on each line. */
    readonly ignore?: string | readonly string[];
    /** Whether the built-in list of meaningless differences is used. */
    readonly 'ignore-defaults'?: boolean;
    /** Whether a changed modification time alone makes a file differ. */
    readonly mtime?: boolean;
    /** PEM file with CA certificates to trust for registries and GitHub, in addition to the usual ones. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Those on this machine always may. */
    readonly 'plain-http'?: boolean;
    /** Commit that the image was built from, as 7 to 64 hexadecimal digits. Default: what GitHub or GitLab says, or what is checked out. */
    readonly commit?: string;
    /** Branch that the image was built on. Default: what GitHub or GitLab says, or what is checked out. */
    readonly branch?: string;
    /** Token to ask GitHub with: for commits and a varve.yml that the checkout lacks (contents: read), for who saved a cache entry (actions: read), and for the pull request of an issue_comment or workflow_run (pull-requests: read). Default: GITHUB_TOKEN of the environment. */
    readonly 'github-token'?: string;
    /** Where pointer, snapshot, comparison and report are published as an OCI artifact: image (in its own repository, as its referrer) or oci://HOST/REPO[:TAG]. */
    readonly publish?: string;
    /** Where the manifest pointer is written. Default: for the action, varve-pointer.json in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written. */
    readonly 'pointer-path'?: string;
    /** Where a copy of the surface manifest is written. */
    readonly 'surface-manifest-output'?: string;
    /** Where a copy of the comparison document (JSON) is written. Default: for the action, varve-comparison.json in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written. */
    readonly 'comparison-path'?: string;
    /** Where the Markdown report is written. Default: for the action, varve-report.md in a folder of the step under RUNNER_TEMP/varve; otherwise it is not written. */
    readonly 'report-path'?: string;
    /** Largest uncompressed size of a layer that is read. */
    readonly 'max-layer-bytes'?: number | string;
    /** Largest number of entries of a layer that is read. */
    readonly 'max-layer-entries'?: number | string;
    /** Largest size of the sparse files of a layer when expanded. */
    readonly 'max-sparse-bytes'?: number | string;
    /** Largest extended tar header. */
    readonly 'max-header-bytes'?: number | string;
    /** Largest index, manifest or config. */
    readonly 'max-json-bytes'?: number | string;
}
/** The settings of `varve compare`, under the names that they have everywhere. */
export interface CompareSettings {
    /** Which platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** Whether to read and verify layers again that earlier runs have verified. */
    readonly reread?: boolean;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store that the run also adds its own snapshot to: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE; of several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Folder of the content-addressed store. Default: the baseline where that is a store; else RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Tenant whose part of the store is used. */
    readonly tenant?: string;
    /** Globs of paths (var/log/**) and config pointers (/config/Labels/build) whose differences do not count, in addition to the built-in ones; one pattern on each line. */
    readonly ignore?: string | readonly string[];
    /** Whether the built-in list of meaningless differences is used. */
    readonly 'ignore-defaults'?: boolean;
    /** Whether a changed modification time alone makes a file differ. */
    readonly mtime?: boolean;
    /** PEM file with CA certificates to trust for registries and GitHub, in addition to the usual ones. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Those on this machine always may. */
    readonly 'plain-http'?: boolean;
    /** Largest uncompressed size of a layer that is read. */
    readonly 'max-layer-bytes'?: number | string;
    /** Largest number of entries of a layer that is read. */
    readonly 'max-layer-entries'?: number | string;
    /** Largest size of the sparse files of a layer when expanded. */
    readonly 'max-sparse-bytes'?: number | string;
    /** Largest extended tar header. */
    readonly 'max-header-bytes'?: number | string;
    /** Largest index, manifest or config. */
    readonly 'max-json-bytes'?: number | string;
}
/** The settings of `varve history`, under the names that they have everywhere. */
export interface HistorySettings {
    /** Which platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store that the run also adds its own snapshot to: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE; of several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Folder of the content-addressed store. Default: the baseline where that is a store; else RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Tenant whose part of the store is used. */
    readonly tenant?: string;
    /** PEM file with CA certificates to trust for registries and GitHub, in addition to the usual ones. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Those on this machine always may. */
    readonly 'plain-http'?: boolean;
}
