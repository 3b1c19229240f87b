/** What a request may run into for which a service has advice of its own. */
export type Trouble =
  /** Its certificate is from an authority that is not trusted. */
  | 'certificate'
  /** Its certificate is not valid now. */
  | 'expired'
  /** Its certificate is for another name. */
  | 'other-name'
  /** It was spoken to with TLS, and answers without. */
  | 'not-tls'
  /** It was spoken to without TLS, and refuses. */
  | 'not-plain'
  /** Its name leads to no address. */
  | 'name'
  /** Nobody listens there. */
  | 'refused'
  /** It points to an address in a private network. */
  | 'private'
  /** It limits how often it is asked. */
  | 'limited'
  /** The fault is its own. */
  | 'failing'
  /** It may be gone at the next attempt. */
  | 'passing';

/** Who is asked: what errors call it, and what a user can do when it fails. */
export interface Service {
  /** As it stands in a sentence: `the registry`. */
  readonly name: string;
  /** Where it is. What is elsewhere is trusted less. */
  readonly home: URL;
  /** Advice that holds for this service; elsewhere, advice is the same for all. */
  readonly hints: Readonly<Partial<Record<Trouble, string>>>;
  /** What its error document says, parsed from JSON; empty when it is of another form. */
  readonly wordsIn: (document: unknown) => string;
}

/** The server of another origin that a service points to, by a redirect or in an answer. */
export function pointedToBy(service: Service): Service {
  return { ...service, name: `the server that ${service.home.host} points to`, hints: {} };
}
