import { spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { expect, test } from "vitest";
import { needs, vulkanDriver } from "./requirements.ts";

/** Learns a little on a device in a process of its own, since a driver is found by the environment that a process began with. */
const script = `
import { createPpo, ppoDefaults } from "./src/agents/ppo.ts";
import { vectorEnv } from "./src/env/vector.ts";
import { toys } from "./src/env/toys/toys.ts";
const network = { body: "mlp", hidden: [8], activation: "tanh" };
const config = { ...ppoDefaults, rolloutSteps: 32, minibatchSize: 128, epochs: 2, network, device: process.argv[1] };
const learner = await createPpo(vectorEnv(toys.cartpole(), 8), config, 3).catch((error) => {
  process.stdout.write(JSON.stringify({ code: error.code, message: error.message }));
  process.exit(1);
});
await learner.iterate();
const metrics = await learner.iterate();
process.stdout.write(JSON.stringify({ metrics, parameters: [...learner.parameters()] }));
`;

interface Learned {
  readonly metrics: Readonly<Record<string, number>>;
  readonly parameters: readonly number[];
}

function learn(
  device: string,
  environment: Readonly<Record<string, string>>,
): { status: number | null; told: unknown } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module-typescript", "--eval", script, device],
    { cwd: resolve("."), encoding: "utf8", env: { ...process.env, ...environment } },
  );
  expect(stdout, stderr).not.toBe("");
  return { status, told: JSON.parse(stdout) };
}

test.skipIf(!needs.vulkan())(
  "learns on WebGPU what it learns on the processor, to a few units of the sixth digit",
  () => {
    const gpu = learn("webgpu", { VK_DRIVER_FILES: vulkanDriver, LD_LIBRARY_PATH: dirname(vulkanDriver) })
      .told as Learned;
    const cpu = learn("cpu", {}).told as Learned;
    expect(gpu.parameters).toHaveLength(cpu.parameters.length);
    gpu.parameters.forEach((value, at) => expect(Math.abs(value - cpu.parameters[at]), `${at}`).toBeLessThan(1e-5));
    for (const [name, value] of Object.entries(cpu.metrics)) {
      expect(Math.abs(gpu.metrics[name] - value), name).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
    }
  },
  120_000,
);

test("a device that is not there is refused with what it said and what to do", () => {
  const { status, told } = learn("webgpu", { VK_DRIVER_FILES: "/nowhere.json", LD_LIBRARY_PATH: "/nowhere" });
  expect(status).toBe(1);
  expect(told).toMatchObject({ code: "runtime/no-device" });
  expect((told as Error).message).toMatch(/webgpu cannot be used: .+/);
  expect((told as Error).message).toMatch(/--device cpu/);
});
