/** The settings of `varve snapshot`, under the names that they have everywhere. */
export interface SnapshotSettings {
    /** Metadata file that docker buildx build or bake wrote, or its JSON. It says which image was built, and the image must be that one. */
    readonly metadata?: string;
    /** Target of a bake, if the metadata has several. */
    readonly target?: string;
    /** Name under which the history of the image is kept. Default: the repository in the image reference, or the name of the file or folder. */
    readonly name?: string;
    /** Platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** Whether to read and verify again the layers that earlier runs verified. */
    readonly reread?: boolean;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store, to which the run also adds its own snapshot: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE. With several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Whether the snapshot is added to the baseline store for later runs. */
    readonly save?: boolean;
    /** Whether a pull request may use cache entries that its author could have forged, and save its own. Only for private repositories where every author is trusted. */
    readonly 'trust-cache'?: boolean;
    /** Folder of the store, which keeps everything under its digest. Default: the baseline if that is a store; otherwise RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Part of the store to use. Tenants do not see each other. */
    readonly tenant?: string;
    /** Differences that do not count, in addition to the built-in list: globs of paths (var/log/**) and pointers to config fields (/config/Labels/build), one on each line. */
    readonly ignore?: string | readonly string[];
    /** Whether the built-in list of meaningless differences is used. */
    readonly 'ignore-defaults'?: boolean;
    /** Whether a changed modification time alone makes a file differ. */
    readonly mtime?: boolean;
    /** Base image, which the report tells apart from what was built on it: auto looks for it in the store, and in the registry or engine that the annotations, labels and provenance of the image name; off does not look; an image reference names it. */
    readonly 'base-image'?: string;
    /** File with additional CA certificates (PEM) to trust for registries, GitHub and GitLab. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Registries on this machine always may. */
    readonly 'plain-http'?: boolean;
    /** Commit that the image was built from, as 7 to 64 hexadecimal digits. Default: the commit that GitHub or GitLab names, or that is checked out. */
    readonly commit?: string;
    /** Branch that the image was built on. Default: the branch that GitHub or GitLab names, or that is checked out. */
    readonly branch?: string;
    /** Token for requests to GitHub: for commits and a varve.yml that the checkout does not have (contents: read), for who saved a cache entry (actions: read), for the pull request of an issue_comment or workflow_run (pull-requests: read), and for the comment (pull-requests: write). Default: the variable GITHUB_TOKEN. */
    readonly 'github-token'?: string;
    /** Where to publish pointer, snapshot, comparison and report as an OCI artifact: image (in the repository of the image, as its referrer) or oci://HOST/REPO[:TAG]. */
    readonly publish?: string;
    /** Kit to write of what the run recorded, to carry it across an air gap: a folder, FILE.tar, FILE.tar.zst or oci:DIR[:TAG]. */
    readonly kit?: string;
    /** File for the pointer, which names everything that the run recorded. Default: for the action and varve ci, varve-pointer.json in a folder of temporary files, which the output names; otherwise it is not written. */
    readonly 'pointer-path'?: string;
    /** File for a copy of the surface manifest, which lists all items of the image. */
    readonly 'surface-manifest-output'?: string;
    /** File for a copy of the comparison (JSON). Default: for the action and varve ci, varve-comparison.json in a folder of temporary files, which the output names; otherwise it is not written. */
    readonly 'comparison-path'?: string;
    /** File for the result (JSON), which holds all that a report is made of: the action in comment/ makes a comment of it. Default: for the action and varve ci, varve-result.json in a folder of temporary files, which the output names; otherwise it is not written. */
    readonly 'result-path'?: string;
    /** File for the report (Markdown). Default: for the action and varve ci, varve-report.md in a folder of temporary files, which the output names; otherwise it is not written. */
    readonly 'report-path'?: string;
    /** File of another tool with fragments of the image's SBOM (JSON). Varve keeps it as it is, and lists it in the surface manifest. */
    readonly 'surface-layer-fragments'?: string;
    /** The same for the graph of an entry trace (JSON). */
    readonly 'surface-entrytrace-graph'?: string;
    /** The same for the lines of an entry trace (NDJSON). */
    readonly 'surface-entrytrace-ndjson'?: string;
    /** File of another tool with what it saw of the image running (NDJSON, or JSON for a name in .json). It does not follow from the image, so the pointer lists it, and not the surface manifest. */
    readonly 'surface-runtime-events'?: string;
    /** Name of the tool that gave these files. The surface manifest names it as its component, and as the view of each file. Default: varve, and external. */
    readonly 'surface-component'?: string;
    /** Version of that tool. */
    readonly 'surface-component-version'?: string;
    /** Largest uncompressed size of a layer that is read, and of an archive that is compressed, is on standard input or comes from an engine. */
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
    /** Platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** Whether to read and verify again the layers that earlier runs verified. */
    readonly reread?: boolean;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store, to which the run also adds its own snapshot: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE. With several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Folder of the store, which keeps everything under its digest. Default: the baseline if that is a store; otherwise RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Part of the store to use. Tenants do not see each other. */
    readonly tenant?: string;
    /** Differences that do not count, in addition to the built-in list: globs of paths (var/log/**) and pointers to config fields (/config/Labels/build), one on each line. */
    readonly ignore?: string | readonly string[];
    /** Whether the built-in list of meaningless differences is used. */
    readonly 'ignore-defaults'?: boolean;
    /** Whether a changed modification time alone makes a file differ. */
    readonly mtime?: boolean;
    /** Base image, which the report tells apart from what was built on it: auto looks for it in the store, and in the registry or engine that the annotations, labels and provenance of the image name; off does not look; an image reference names it. */
    readonly 'base-image'?: string;
    /** File with additional CA certificates (PEM) to trust for registries, GitHub and GitLab. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Registries on this machine always may. */
    readonly 'plain-http'?: boolean;
    /** Largest uncompressed size of a layer that is read, and of an archive that is compressed, is on standard input or comes from an engine. */
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
    /** Platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine. */
    readonly platform?: string;
    /** What to compare with: history: (the last snapshot of that name in your own store), history:NAME~N, an image reference, none, or a store, to which the run also adds its own snapshot: cache (of a GitHub workflow), dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE. With several lines, the first that has something to compare with. */
    readonly baseline?: string | readonly string[];
    /** Folder of the store, which keeps everything under its digest. Default: the baseline if that is a store; otherwise RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line. */
    readonly 'cas-root'?: string;
    /** Part of the store to use. Tenants do not see each other. */
    readonly tenant?: string;
    /** File with additional CA certificates (PEM) to trust for registries, GitHub and GitLab. */
    readonly ca?: string;
    /** Whether registries may be reached without TLS. Registries on this machine always may. */
    readonly 'plain-http'?: boolean;
}
