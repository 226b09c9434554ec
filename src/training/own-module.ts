/** @file A user's own file, run from the very text that was read: a feature, a strategy. */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

/** A file as it was read. */
export interface ModuleFile {
  /** Its name without its folder. */
  readonly file: string;
  readonly text: string;
  /** Of the text, as `sha256sum` prints it. */
  readonly sha256: string;
}

/**
 * Runs a file, TypeScript or JavaScript as a module, and gives what it exports. It is the user's own
 * program and may do whatever a program may, but it stands alone: it imports the doors of this program and nothing else,
 * so that its text says what it is wherever its copy lies.
 * @throws what the file throws, and an Error where it imports something else
 */
export async function loadModule({ file, text, sha256 }: ModuleFile): Promise<Record<string, unknown>> {
  // No file is loaded but the text that was hashed, under an address that says so.
  const address = `data:text/javascript,${encodeURIComponent(file)}-${sha256}`;
  const format = /\.m?js$/.test(file) ? "module" : "module-typescript";
  const hooks = registerHooks({
    resolve(wanted, context, next) {
      if (wanted === address) return { url: address, format, shortCircuit: true };
      return context.parentURL === address ? next(doorNamed(wanted), context) : next(wanted, context);
    },
    load: (url, context, next) => (url === address ? { format, source: text, shortCircuit: true } : next(url, context)),
  });
  try {
    return (await import(address)) as Record<string, unknown>;
  } finally {
    hooks.deregister();
  }
}

/** The address of a public door, e.g. `ploutos/features`, of the very program that runs. */
function doorNamed(wanted: string): string {
  const [, name] = /^ploutos(?:\/([\w-]+))?$/.exec(wanted) ?? [];
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const door = new URL(`../${name ?? "index"}.${extension}`, import.meta.url);
  if (wanted !== "ploutos" && (name === undefined || !existsSync(door))) {
    throw new Error(`it imports ${wanted}; a file of one's own stands alone and may import ploutos/… only`);
  }
  return door.href;
}
