/** Something odd in an image that is not an error: the entry or field has no effect, and the report names it. */
export interface Finding {
  /** A short kebab-case word for the kind of oddity. */
  readonly code: string;
  /** The path in the layer, exactly as an inventory writes paths, when the finding is about an entry. */
  readonly path?: string;
  /** One plain sentence or value that says more. */
  readonly detail?: string;
}
