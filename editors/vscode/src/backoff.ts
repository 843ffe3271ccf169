// How often a server that ends by itself is started again. Nothing in this
// file needs an editor.

/**
 * Waits longer after each end, and gives up after five in a row. A server that
 * ran for a minute starts a new row.
 */
export class Backoff {
  #ends = 0

  /** Milliseconds until the next start, or undefined to give up. */
  next (ranFor: number): number | undefined {
    if (ranFor >= 60_000) this.#ends = 0
    this.#ends++
    return this.#ends > 5 ? undefined : 1000 * 2 ** (this.#ends - 1)
  }

  reset (): void {
    this.#ends = 0
  }
}
