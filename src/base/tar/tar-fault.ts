/** Something that the tar format does not allow; the scanner adds where it stands. */
export class TarFault extends Error {
  readonly code: 'malformed' | 'truncated' | 'unsupported';

  constructor(message: string, code: 'malformed' | 'truncated' | 'unsupported' = 'malformed') {
    super(message);
    this.code = code;
  }
}
