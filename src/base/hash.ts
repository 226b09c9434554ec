/** @file Hashes that name data, schemas and models. */
import { createHash } from "node:crypto";

/** SHA-256 in hex of a file's content, as `sha256sum` prints it, so that anybody can check the file. */
export function fileHash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-256 in hex over texts and the bytes of typed arrays, each preceded by its length so that parts can't run together. */
export function sha256(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes =
      typeof part === "string" ? Buffer.from(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    hash.update(`${bytes.byteLength}:`);
    hash.update(bytes);
  }
  return hash.digest("hex");
}
