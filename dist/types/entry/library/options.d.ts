/** What every function takes that reaches out. */
export interface CallOptions {
    /** Ends it, whatever it does. */
    readonly signal?: AbortSignal;
    /** Is told how reading goes on. */
    readonly onProgress?: (progress: Progress) => void;
    /** Stands in for the variables of the process: where docker, proxies and the workflow are. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
}
/** How far the reading of layers is. */
export interface Progress {
    /** How many layers are read; null while an engine exports an image, before any is. */
    readonly layers: number | null;
    /** Stored bytes to come; of an export about as many. */
    readonly bytes: number;
    readonly layersDone: number;
    readonly bytesDone: number;
}
/** A setting that names one platform at most; a call with it gives the documents of one. */
export interface OnePlatform {
    readonly platform?: `${string}/${string}`;
}
export type ReportFormat = 'text' | 'markdown';
