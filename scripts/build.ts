/** @file Builds `dist/`, what npm publishes: JavaScript and declarations of `src/`, without tests. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));

rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  const { name, version }: Record<string, string> = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  // The nearest package.json decides what `#folder/file.ts` means: inside dist, the compiled file.
  const scope = { name, version, type: "module", imports: { "#*.ts": "./*.js" } };
  writeFileSync(`${root}dist/package.json`, `${JSON.stringify(scope, undefined, 2)}\n`);
} else {
  process.exitCode = 1;
}
