// Reads the fields of one packet behind its fixed header, and never beyond its end.
export class Fields {
  readonly #bytes: Buffer;
  #at = 0;
  /** A field was longer than the packet. */
  short = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** -1 when there is none. */
  byte(): number {
    if (this.left < 1) return this.#tooShort(-1);
    return this.#bytes[this.#at++]!;
  }

  /** -1 when there is none. */
  number(): number {
    if (this.left < 2) return this.#tooShort(-1);
    this.#at += 2;
    return this.#bytes.readUInt16BE(this.#at - 2);
  }

  /** Bytes behind their length; empty when there are fewer. */
  text(): Buffer {
    const length = this.number();
    if (length < 0 || this.left < length) return this.#tooShort(this.#bytes.subarray(0, 0));
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #tooShort<T>(nothing: T): T {
    this.short = true;
    return nothing;
  }
}
