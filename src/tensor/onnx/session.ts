/** @file Runs models on ONNX Runtime: the only file here that touches anything outside. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Node } from "../graph.ts";
import { encodeModel } from "./encode.ts";
import type { LoweringOptions } from "./lowering.ts";

/** float32 as Float32Array, int64 as BigInt64Array (Int32Array is accepted too), bool as Uint8Array. */
export type TypedArray = Float32Array | BigInt64Array | Int32Array | Uint8Array;

export interface Program {
  /** The outputs for the values fed, all by name. One call at a time. */
  run(feeds: Readonly<Record<string, TypedArray>>): Promise<Record<string, TypedArray>>;
  dispose(): Promise<void>;
}

/**
 * What computes. `webgpu` takes any graphics processor (Vulkan, Metal, D3D12) and comes with the run-time; `cuda` takes one of
 * NVIDIA's and has to be installed. Ops that a device cannot do are done by the processor.
 */
export const deviceNames = ["cpu", "webgpu", "cuda"] as const;
export type Device = (typeof deviceNames)[number];

export interface ProgramOptions {
  /** `cpu` by default. Devices differ in the last digits. */
  readonly device?: Device;
  /** Threads inside one op. Graphs of small matrices run best on 1. */
  readonly threads?: number;
}

/** How a graph is written for a device. WebGPU promises a shader 8 buffers, of which one is the other side of the node. */
export function loweringFor({ device }: ProgramOptions): LoweringOptions {
  return device === "webgpu" ? { mostParts: 7 } : {};
}

/** One session for a graph: the values fed by the names of its inputs give its outputs by their names. */
export async function compile(outputs: Readonly<Record<string, Node>>, options: ProgramOptions = {}): Promise<Program> {
  return compileModel(encodeModel(outputs, {}, loweringFor(options)), options);
}

/**
 * Settings by measurement, on two cores: a loop of 129 small ops takes 137 µs an iteration on one thread, 146 on two
 * (172 if idle threads do not spin, far more if other processes want the cores), 151 without memory patterns, 139
 * without graph optimization. A 1,024³ product takes 66 ms on one thread, 35 on two. So the caller says how many.
 */
async function open(bytes: Uint8Array, threads: number, device: Device): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      ...(device === "cpu" ? {} : { executionProviders: [device] }),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
  } catch (cause) {
    if (device !== "cpu" && (await loads(bytes))) {
      const [said] = String(cause)
        .replace(/^Error: /, "")
        .split("\n");
      throw new Failure("runtime/no-device", `${device} cannot be used: ${said}`, { cause, device });
    }
    throw new Failure("storage/damaged-file", "ONNX Runtime cannot load this model", { cause, bytes: bytes.length });
  }
}

/** Is it the device that fails, and not the model? */
async function loads(bytes: Uint8Array): Promise<boolean> {
  try {
    await (await InferenceSession.create(bytes, { logSeverityLevel: 4 })).release();
    return true;
  } catch {
    return false;
  }
}

interface Input {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/**
 * One session for the bytes of a model.
 * @throws Failure `storage/damaged-file` if they are no model that ONNX Runtime can load, `runtime/no-device` where the device
 * is not there or cannot be used
 */
export async function compileModel(
  bytes: Uint8Array,
  { threads = 1, device = "cpu" }: ProgramOptions = {},
): Promise<Program> {
  const session = await open(bytes, threads, device);
  const inputs = session.inputMetadata.map((input): Input => {
    invariant(input.isTensor, "inputs of a model are tensors", { name: input.name });
    return { name: input.name, type: input.type, shape: input.shape };
  });
  return {
    run: async (feeds) => {
      const results = await session.run(tensors(inputs, feeds));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as TypedArray]));
    },
    dispose: () => session.release(),
  };
}

const elementOf = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array } as const;

function tensors(inputs: readonly Input[], feeds: Readonly<Record<string, TypedArray>>): Record<string, Tensor> {
  for (const name of Object.keys(feeds)) {
    invariant(
      inputs.some((input) => input.name === name),
      "what is fed is an input of the graph",
      { fed: name, inputs: inputs.map((input) => input.name).join() },
    );
  }
  const sizes = new Map<string, number>();
  const tensor = (input: Input): Tensor => {
    const { name, type } = input;
    const fed = feeds[name];
    invariant(fed !== undefined, "every input of the graph is fed", { missing: name });
    const values = type === "int64" && fed instanceof Int32Array ? BigInt64Array.from(fed, BigInt) : fed;
    invariant(values instanceof elementOf[type as keyof typeof elementOf], "an input is fed its own type", {
      name,
      type,
      found: fed.constructor.name,
    });
    return new Tensor(type as "float32", values as Float32Array, sized(input, values.length, sizes));
  };
  // Inputs with fewer unknown sizes first: they settle the symbols that others share.
  const unknown = ({ shape }: Input): number => shape.filter((dim) => typeof dim === "string").length;
  const settled = inputs.toSorted((a, b) => unknown(a) - unknown(b));
  return Object.fromEntries(settled.map((input) => [input.name, tensor(input)]));
}

/** The shape of an input that is fed so many numbers; works out one symbolic size and remembers it. */
function sized({ name, shape }: Input, length: number, sizes: Map<string, number>): number[] {
  const unsettled = shape.filter((dim) => typeof dim === "string" && !sizes.has(dim));
  const known = shape.reduce<number>((so, dim) => so * (typeof dim === "number" ? dim : (sizes.get(dim) ?? 1)), 1);
  invariant(unsettled.length <= 1, "at most one size of an input is left open", { name, shape: `[${shape.join()}]` });
  if (unsettled.length === 1) sizes.set(unsettled[0] as string, length / known);
  const dims = shape.map((dim) => (typeof dim === "number" ? dim : sizes.get(dim)!));
  const wanted = dims.reduce((a, b) => a * b, 1);
  invariant(wanted === length && dims.every(Number.isInteger), "an input is fed as many numbers as its shape says", {
    name,
    shape: `[${shape.join()}]`,
    found: length,
  });
  return dims;
}
