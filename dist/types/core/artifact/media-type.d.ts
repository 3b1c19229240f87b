/** What an artifact is as a whole. */
export declare const ARTIFACT_TYPES: {
    /** Any folder of files. */
    readonly files: "application/vnd.varve.files.v1";
    /** A snapshot with what the next comparison needs: one entry of a history. */
    readonly snapshot: "application/vnd.varve.snapshot.v1";
    /** What a run found out about an image: it refers to it as its subject. */
    readonly report: "application/vnd.varve.report.v1";
    /** An offline kit: its tar and its index. */
    readonly kit: "application/vnd.varve.kit.v1";
};
/** The file of a kit's artifact that has all of it. */
export declare const KIT_FILE = "kit.tar";
/** The config of a `snapshot` artifact: the history entry. */
export declare const ENTRY_TYPE = "application/vnd.varve.history-entry.v1+json";
/**
 * The media type of a file in an artifact.
 * @param path its place in the folder, with slashes.
 */
export declare function mediaTypeOfFile(path: string): string;
/**
 * The name of a file that came without one: some media types are those of one file only.
 * @returns null for a type that many files have.
 */
export declare function fileNameOfType(mediaType: string): string | null;
/** Whether a file in an artifact may have a media type: it is what Varve gives it, or that of such a file of others. */
export declare function isTypeOfFile(mediaType: string, path: string): boolean;
/** Whether artifacts of a type are read: Varve's own, and those whose files are known here. */
export declare function isReadType(mediaType: string): boolean;
/** Tells whether a media type is one that a file may have. */
export declare function isFileType(mediaType: string): boolean;
