/** Readonly all the way down: documents are never changed. */
type Kept<T> = unknown extends T ? T : T extends string | number | boolean | null | undefined ? T : T extends readonly (infer U)[] ? readonly Kept<U>[] : {
    readonly [K in keyof T]: Kept<T[K]>;
};
type ComparisonDocument = {
    schema: 'varve.comparison@2';
    base: {
        snapshotDigest: string;
        manifestDigest: string | null;
        configDigest: string;
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
        layerCount: number;
        compressedSize: number | null;
        uncompressedSize: number;
    };
    target: {
        snapshotDigest: string;
        manifestDigest: string | null;
        configDigest: string;
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
        layerCount: number;
        compressedSize: number | null;
        uncompressedSize: number;
    };
    changed: boolean | null;
    summary: {
        unchanged: number;
        recompressed: number;
        moved: number;
        rebuilt: number;
        added: number;
        removed: number;
        reuseRatio: number;
        firstRebuilt: number | null;
        cascade: {
            layers: number;
            uncompressedSize: number;
        };
    };
    size: {
        uncompressedDelta: number;
        compressedDelta: number | null;
        pullBytes: number | null;
    };
    layers: {
        status: 'unchanged' | 'recompressed' | 'moved' | 'rebuilt' | 'added' | 'removed';
        cause?: 'content' | 'timestamps' | 'ownership' | 'mode' | 'xattrs' | 'order' | 'metadata' | 'tar-encoding' | 'step';
        base?: {
            index: number;
            digest: string | null;
            diffId: string;
            size: number | null;
            uncompressedSize: number;
            mediaType: string | null;
            step: string;
        };
        target?: {
            index: number;
            digest: string | null;
            diffId: string;
            size: number | null;
            uncompressedSize: number;
            mediaType: string | null;
            step: string;
        };
    }[];
    files: {
        added: number;
        modified: number;
        removed: number;
        volatile: number;
        entries: {
            path: string;
            pathBase64?: string;
            status: 'added' | 'modified' | 'removed';
            changes: ('content' | 'type' | 'mode' | 'owner' | 'link' | 'xattrs' | 'device' | 'mtime' | 'links')[];
            volatile?: true;
            base?: {
                type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                mode: string;
                uid: number;
                gid: number;
                size: number;
                mtime: number;
                mtimeNs?: number;
                sha256?: string;
                linkTarget?: string;
                linkTargetBase64?: string;
                xattrs?: {
                    [k: string]: string;
                };
                device?: {
                    major: number;
                    minor: number;
                };
            };
            target?: {
                type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                mode: string;
                uid: number;
                gid: number;
                size: number;
                mtime: number;
                mtimeNs?: number;
                sha256?: string;
                linkTarget?: string;
                linkTargetBase64?: string;
                xattrs?: {
                    [k: string]: string;
                };
                device?: {
                    major: number;
                    minor: number;
                };
            };
            layer: number | null;
        }[];
    } | null;
    config: {
        path: string;
        base: unknown;
        target: unknown;
        volatile?: true;
    }[] | null;
    sections: {
        [k: string]: object | null;
    };
} | {
    schema: 'varve.comparison@1';
    base: {
        snapshotDigest: string;
        manifestDigest: string | null;
        configDigest: string;
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
        layerCount: number;
        compressedSize: number | null;
        uncompressedSize: number;
    };
    target: {
        snapshotDigest: string;
        manifestDigest: string | null;
        configDigest: string;
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
        layerCount: number;
        compressedSize: number | null;
        uncompressedSize: number;
    };
    changed: boolean | null;
    summary: {
        unchanged: number;
        recompressed: number;
        moved: number;
        rebuilt: number;
        added: number;
        removed: number;
        reuseRatio: number;
        firstRebuilt: number | null;
        cascade: {
            layers: number;
            uncompressedSize: number;
        };
    };
    size: {
        uncompressedDelta: number;
        compressedDelta: number | null;
        pullBytes: number | null;
    };
    layers: {
        status: 'unchanged' | 'recompressed' | 'moved' | 'rebuilt' | 'added' | 'removed';
        cause?: 'content' | 'timestamps' | 'ownership' | 'mode' | 'xattrs' | 'order' | 'metadata' | 'tar-encoding' | 'step';
        base?: {
            index: number;
            digest: string | null;
            diffId: string;
            size: number | null;
            uncompressedSize: number;
            mediaType: string | null;
            step: string;
        };
        target?: {
            index: number;
            digest: string | null;
            diffId: string;
            size: number | null;
            uncompressedSize: number;
            mediaType: string | null;
            step: string;
        };
    }[];
    files: {
        added: number;
        modified: number;
        removed: number;
        volatile: number;
        entries: {
            path: string;
            pathBase64?: string;
            status: 'added' | 'modified' | 'removed';
            changes: ('content' | 'type' | 'mode' | 'owner' | 'link' | 'xattrs' | 'device' | 'mtime' | 'links')[];
            volatile?: true;
            base?: {
                type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                mode: string;
                uid: number;
                gid: number;
                size: number;
                mtime: number;
                mtimeNs?: number;
                sha256?: string;
                linkTarget?: string;
                linkTargetBase64?: string;
                xattrs?: {
                    [k: string]: string;
                };
                device?: {
                    major: number;
                    minor: number;
                };
            };
            target?: {
                type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                mode: string;
                uid: number;
                gid: number;
                size: number;
                mtime: number;
                mtimeNs?: number;
                sha256?: string;
                linkTarget?: string;
                linkTargetBase64?: string;
                xattrs?: {
                    [k: string]: string;
                };
                device?: {
                    major: number;
                    minor: number;
                };
            };
            layer: number | null;
        }[];
    } | null;
    config: {
        path: string;
        base: unknown;
        target: unknown;
        volatile?: true;
    }[] | null;
    packages: null;
};
/** What differs between two snapshots. */
export type Comparison = Kept<ComparisonDocument>;
interface ComparisonsDocument {
    schema: 'varve.comparisons@2';
    platforms: {
        schema: 'varve.comparison@2';
        base: {
            snapshotDigest: string;
            manifestDigest: string | null;
            configDigest: string;
            platform: {
                os: string;
                architecture: string;
                variant?: string;
                osVersion?: string;
            };
            layerCount: number;
            compressedSize: number | null;
            uncompressedSize: number;
        };
        target: {
            snapshotDigest: string;
            manifestDigest: string | null;
            configDigest: string;
            platform: {
                os: string;
                architecture: string;
                variant?: string;
                osVersion?: string;
            };
            layerCount: number;
            compressedSize: number | null;
            uncompressedSize: number;
        };
        changed: boolean | null;
        summary: {
            unchanged: number;
            recompressed: number;
            moved: number;
            rebuilt: number;
            added: number;
            removed: number;
            reuseRatio: number;
            firstRebuilt: number | null;
            cascade: {
                layers: number;
                uncompressedSize: number;
            };
        };
        size: {
            uncompressedDelta: number;
            compressedDelta: number | null;
            pullBytes: number | null;
        };
        layers: {
            status: 'unchanged' | 'recompressed' | 'moved' | 'rebuilt' | 'added' | 'removed';
            cause?: 'content' | 'timestamps' | 'ownership' | 'mode' | 'xattrs' | 'order' | 'metadata' | 'tar-encoding' | 'step';
            base?: {
                index: number;
                digest: string | null;
                diffId: string;
                size: number | null;
                uncompressedSize: number;
                mediaType: string | null;
                step: string;
            };
            target?: {
                index: number;
                digest: string | null;
                diffId: string;
                size: number | null;
                uncompressedSize: number;
                mediaType: string | null;
                step: string;
            };
        }[];
        files: {
            added: number;
            modified: number;
            removed: number;
            volatile: number;
            entries: {
                path: string;
                pathBase64?: string;
                status: 'added' | 'modified' | 'removed';
                changes: ('content' | 'type' | 'mode' | 'owner' | 'link' | 'xattrs' | 'device' | 'mtime' | 'links')[];
                volatile?: true;
                base?: {
                    type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                    mode: string;
                    uid: number;
                    gid: number;
                    size: number;
                    mtime: number;
                    mtimeNs?: number;
                    sha256?: string;
                    linkTarget?: string;
                    linkTargetBase64?: string;
                    xattrs?: {
                        [k: string]: string;
                    };
                    device?: {
                        major: number;
                        minor: number;
                    };
                };
                target?: {
                    type: 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo';
                    mode: string;
                    uid: number;
                    gid: number;
                    size: number;
                    mtime: number;
                    mtimeNs?: number;
                    sha256?: string;
                    linkTarget?: string;
                    linkTargetBase64?: string;
                    xattrs?: {
                        [k: string]: string;
                    };
                    device?: {
                        major: number;
                        minor: number;
                    };
                };
                layer: number | null;
            }[];
        } | null;
        config: {
            path: string;
            base: unknown;
            target: unknown;
            volatile?: true;
        }[] | null;
        sections: {
            [k: string]: object | null;
        };
    }[];
    changed: boolean | null;
    newPlatforms: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    gonePlatforms: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    failedPlatforms: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
}
/** The comparisons of several platforms. */
export type Comparisons = Kept<ComparisonsDocument>;
interface HistoryEntryDocument {
    schema: 'varve.history@1';
    tenant: string;
    name: string;
    platform: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    platforms?: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    passedOver?: string[];
    listedPlatform?: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    baseImage?: {
        name: string | null;
        digest: string | null;
        layers: number;
    };
    time: string;
    snapshotDigest: string;
    surfaceManifestDigest: string;
    reference: string;
    commit: string | null;
    branch: string | null;
    pullRequest: number | null;
    scanId: string;
}
/** One snapshot that was taken. */
export type HistoryEntry = Kept<HistoryEntryDocument>;
interface HistoryOutputDocument {
    schema: 'varve.history@1';
    tenant: string;
    name: string;
    platform: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    platforms?: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    passedOver?: string[];
    listedPlatform?: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    baseImage?: {
        name: string | null;
        digest: string | null;
        layers: number;
    };
    time: string;
    snapshotDigest: string;
    surfaceManifestDigest: string;
    reference: string;
    commit: string | null;
    branch: string | null;
    pullRequest: number | null;
    scanId: string;
    layers: number | null;
    size: {
        compressedSize: number | null;
        uncompressedSize: number;
    } | null;
}
/** One snapshot as history --format json lists it. */
export type HistoryOutput = Kept<HistoryOutputDocument>;
interface ItemManifestDocument {
    schema: 'stellaops.surface.manifest@1';
    tenant: string;
    kind: string;
    digest: string;
    createdAt: string;
    expiresAt: string | null;
    source: {
        scannerBuild: string;
        imageDigest: string | null;
        scanId: string;
    };
    storage: {
        bucket: 'surface-cache';
        objectKey: string;
        sizeBytes: number;
        contentType: string;
    };
    integrity: {
        hash: string;
        signature: string | null;
    };
}
/** The manifest of one item. */
export type ItemManifest = Kept<ItemManifestDocument>;
interface PointerDocument {
    schema: 'varve.pointer@1';
    manifestUri: string;
    manifestDigest: string;
    manifest: {
        artifacts: {
            kind: string;
            uri: string;
            digest: string;
            mediaType: string;
            format: 'json' | 'ndjson';
            sizeBytes: number;
            view?: string;
        }[];
    };
    snapshotDigest: string;
    image: {
        reference: string;
        name: string;
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
    };
    comparison: {
        uri: string;
        digest: string;
    } | null;
    runtimeEvents?: {
        kind: string;
        uri: string;
        digest: string;
        mediaType: string;
        format: 'json' | 'ndjson';
        sizeBytes: number;
        view?: string;
    }[];
    baseline: {
        found: 'base-commit' | 'previous-release' | 'ancestor' | 'base-branch' | 'default-branch' | 'branch-newest' | 'newest' | 'image' | 'snapshot';
        place: string;
        snapshotDigest: string;
        commit: string | null;
        branch: string | null;
        time: string | null;
        distance: number | null;
        unverified?: true;
    } | null;
    baseImage?: {
        before: {
            name: string | null;
            digest: string | null;
            layers: number;
        } | null;
        after: {
            name: string | null;
            digest: string | null;
            layers: number;
        } | null;
    };
    layers: {
        total: number;
        reused: number;
        read: number;
        bytesRead: number;
    };
    findings: {
        layer: number | null;
        code: string;
        path?: string;
        detail?: string;
    }[];
    attachments: {
        kind: 'attestation' | 'artifact';
        digest: string;
        mediaType: string;
        size: number;
        artifactType: string | null;
        subject: string | null;
        predicateTypes: string[];
    }[];
    locations: {
        layer: number;
        file: string;
        firstLine: number;
        lastLine: number;
    }[];
    run: {
        scanId: string;
        generatedAt: string;
        scannerBuild: string;
        tenant: string;
        commit: string | null;
        branch: string | null;
        pullRequest: number | null;
    };
}
/** The pointer that a run emits. */
export type Pointer = Kept<PointerDocument>;
interface PointersDocument {
    schema: 'varve.pointers@1';
    image: {
        reference: string;
        name: string;
    };
    platforms: {
        schema: 'varve.pointer@1';
        manifestUri: string;
        manifestDigest: string;
        manifest: {
            artifacts: {
                kind: string;
                uri: string;
                digest: string;
                mediaType: string;
                format: 'json' | 'ndjson';
                sizeBytes: number;
                view?: string;
            }[];
        };
        snapshotDigest: string;
        image: {
            reference: string;
            name: string;
            platform: {
                os: string;
                architecture: string;
                variant?: string;
                osVersion?: string;
            };
        };
        comparison: {
            uri: string;
            digest: string;
        } | null;
        runtimeEvents?: {
            kind: string;
            uri: string;
            digest: string;
            mediaType: string;
            format: 'json' | 'ndjson';
            sizeBytes: number;
            view?: string;
        }[];
        baseline: {
            found: 'base-commit' | 'previous-release' | 'ancestor' | 'base-branch' | 'default-branch' | 'branch-newest' | 'newest' | 'image' | 'snapshot';
            place: string;
            snapshotDigest: string;
            commit: string | null;
            branch: string | null;
            time: string | null;
            distance: number | null;
            unverified?: true;
        } | null;
        baseImage?: {
            before: {
                name: string | null;
                digest: string | null;
                layers: number;
            } | null;
            after: {
                name: string | null;
                digest: string | null;
                layers: number;
            } | null;
        };
        layers: {
            total: number;
            reused: number;
            read: number;
            bytesRead: number;
        };
        findings: {
            layer: number | null;
            code: string;
            path?: string;
            detail?: string;
        }[];
        attachments: {
            kind: 'attestation' | 'artifact';
            digest: string;
            mediaType: string;
            size: number;
            artifactType: string | null;
            subject: string | null;
            predicateTypes: string[];
        }[];
        locations: {
            layer: number;
            file: string;
            firstLine: number;
            lastLine: number;
        }[];
        run: {
            scanId: string;
            generatedAt: string;
            scannerBuild: string;
            tenant: string;
            commit: string | null;
            branch: string | null;
            pullRequest: number | null;
        };
    }[];
    absentPlatforms: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    gonePlatforms: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    }[];
    failures: {
        platform: {
            os: string;
            architecture: string;
            variant?: string;
            osVersion?: string;
        };
        code: string;
        message: string;
    }[];
}
/** The pointers of a run for several platforms. */
export type Pointers = Kept<PointersDocument>;
type SnapshotDocument = {
    schema: 'varve.snapshot@1';
    platform: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    manifest: {
        digest: string;
        mediaType: string;
        size: number;
    } | null;
    config: {
        digest: string;
        size: number;
    };
    layers: {
        index: number;
        diffId: string;
        digest: string | null;
        size: number | null;
        mediaType: string | null;
        uncompressedSize: number;
        step: string;
        createdBy: string;
        fragments: {
            kind: string;
            analyzer: string;
            options: string;
            digest: string;
        }[];
    }[];
} | {
    schema: 'varve.snapshot@2';
    platform: {
        os: string;
        architecture: string;
        variant?: string;
        osVersion?: string;
    };
    manifest: {
        digest: string;
        mediaType: string;
        size: number;
    } | null;
    config: {
        digest: string;
        size: number;
    };
    layers: {
        index: number;
        diffId: string;
        digest: string | null;
        size: number | null;
        mediaType: string | null;
        uncompressedSize: number;
        step: string;
        createdBy: string;
        fragments: {
            kind: string;
            analyzer: string;
            options: string;
            digest: string;
        }[];
    }[];
    fragments: {
        kind: string;
        analyzer: string;
        options: string;
        digest: string;
    }[];
};
/** The record of one platform's image. */
export type Snapshot = Kept<SnapshotDocument>;
interface SurfaceManifestDocument {
    schema: 'stellaops.surface.manifest@1';
    tenant: string;
    imageDigest: string;
    source: {
        component: string;
        version: string;
    };
    artifacts: {
        kind: string;
        uri: string;
        digest: string;
        mediaType: string;
        format: 'json' | 'ndjson';
        sizeBytes: number;
        view?: string;
    }[];
}
/** The manifest of one image. */
export type SurfaceManifest = Kept<SurfaceManifestDocument>;
export {};
