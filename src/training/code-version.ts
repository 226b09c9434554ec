/** @file Which code and which engines a run was made with. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { invariant } from "#base/invariant.ts";

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** The package's version; in a checkout with its git commit, as in `0.1.0+3288514…`, and `.changed` where files differ from it. */
export function codeVersion(): string {
  const { root, version } = ownPackage();
  // Only a checkout of this very package: as a dependency it lies inside somebody else's repository.
  if (!existsSync(join(root, ".git"))) return version;
  const git = spawnSync("git", ["-C", root, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=.changed"], {
    encoding: "utf8",
  });
  const commit = git.status === 0 ? git.stdout.trim() : "";
  return commit === "" ? version : `${version}+${commit}`;
}

/** The version of ONNX Runtime that is installed. */
export function onnxRuntimeVersion(): string {
  const require = createRequire(import.meta.url);
  return packageAt(require.resolve("onnxruntime-node/package.json")).version;
}

function ownPackage(): { readonly root: string; readonly version: string } {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    const found = existsSync(path) ? packageAt(path) : undefined;
    if (found?.name === "ploutos") return { root: folder, version: found.version };
    invariant(folder !== dirname(folder), "the program lies inside its package", { file: import.meta.url });
  }
}

function packageAt(path: string): z.infer<typeof packageSchema> {
  return packageSchema.parse(JSON.parse(readFileSync(path, "utf8")));
}
