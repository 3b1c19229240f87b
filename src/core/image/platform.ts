/** The platform of an image, as an OCI index and config name it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}
