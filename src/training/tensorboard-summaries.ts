/** @file Summaries beyond scalars as TensorBoard's protobufs have them: histograms, and the tables of its HPARAMS plugin. */
import type { Writer } from "protobufjs/minimal.js";
import protobuf from "protobufjs/minimal.js";
import { invariant } from "#base/invariant.ts";

/** Wire types of protobuf. */
export const wire = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

export function tag(field: number, type: number): number {
  return (field << 3) | type;
}

/** Settings as HPARAMS shows them, each by its path. */
export type HyperParameters = Readonly<Record<string, number | string | boolean>>;

/** Nested settings as paths: `ppo.clip` and its value; lists as text. */
export function hyperParameters(settings: unknown, path = ""): HyperParameters {
  if (typeof settings === "number" || typeof settings === "string" || typeof settings === "boolean") {
    return { [path]: settings };
  }
  if (Array.isArray(settings)) return { [path]: JSON.stringify(settings) };
  if (typeof settings !== "object" || settings === null) return {};
  const parts = Object.entries(settings).map(([name, inner]) =>
    hyperParameters(inner, path === "" ? name : `${path}.${name}`),
  );
  return Object.assign({}, ...parts) as HyperParameters;
}

/** Buckets between the least and the greatest value of a histogram. */
const buckets = 30;

/** `Summary.Value` with a `HistogramProto` of finite values: 30 buckets of equal width. */
export function histogram(name: string, values: ArrayLike<number>): Uint8Array {
  invariant(values.length > 0, "a histogram has values", { name });
  let [min, max, sum, squares] = [values[0], values[0], 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    invariant(Number.isFinite(value), "a histogram's values are finite", { name, at });
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
  }
  const width = max > min ? (max - min) / buckets : 1;
  const counts = new Float64Array(buckets);
  for (let at = 0; at < values.length; at++) counts[Math.min(buckets - 1, Math.floor((values[at] - min) / width))]++;
  const limits = Float64Array.from(counts, (_, at) =>
    at === buckets - 1 ? Math.max(max, min + buckets * width) : min + (at + 1) * width,
  );
  const proto = protobuf.Writer.create();
  for (const [field, value] of [min, max, values.length, sum, squares].entries()) {
    proto.uint32(tag(field + 1, wire.double)).double(value);
  }
  packed(proto, 6, limits);
  packed(proto, 7, counts);
  return protobuf.Writer.create()
    .uint32(tag(1, wire.bytes))
    .string(name)
    .uint32(tag(5, wire.bytes))
    .bytes(proto.finish())
    .finish();
}

function packed(writer: Writer, field: number, values: Float64Array): void {
  writer.uint32(tag(field, wire.bytes)).fork();
  for (const value of values) writer.double(value);
  writer.ldelim();
}

/** The values that tell HPARAMS of a session: its settings and the scalars that it is judged by. Times are Unix seconds. */
export function sessionStart(settings: HyperParameters, metrics: readonly string[], time: number): Uint8Array[] {
  const experiment = protobuf.Writer.create();
  experiment.uint32(tag(3, wire.double)).double(time);
  for (const [name, value] of Object.entries(settings)) {
    const info = protobuf.Writer.create().uint32(tag(1, wire.bytes)).string(name);
    info.uint32(tag(4, wire.varint)).uint32(dataType[typeof value as keyof typeof dataType]);
    experiment.uint32(tag(4, wire.bytes)).bytes(info.finish());
  }
  for (const metric of metrics) {
    const name = protobuf.Writer.create().uint32(tag(2, wire.bytes)).string(metric).finish();
    const info = protobuf.Writer.create().uint32(tag(1, wire.bytes)).bytes(name).finish();
    experiment.uint32(tag(5, wire.bytes)).bytes(info);
  }
  const start = protobuf.Writer.create();
  for (const [name, value] of Object.entries(settings)) {
    const entry = protobuf.Writer.create().uint32(tag(1, wire.bytes)).string(name);
    entry.uint32(tag(2, wire.bytes)).bytes(protoValue(value));
    start.uint32(tag(1, wire.bytes)).bytes(entry.finish());
  }
  start.uint32(tag(5, wire.double)).double(time);
  return [
    pluginValue("_hparams_/experiment", 2, experiment.finish()),
    pluginValue("_hparams_/session_start_info", 3, start.finish()),
  ];
}

/** The value that tells HPARAMS that a session has ended well. */
export function sessionEnd(time: number): Uint8Array {
  const success = 1;
  const end = protobuf.Writer.create().uint32(tag(1, wire.varint)).uint32(success);
  return pluginValue("_hparams_/session_end_info", 4, end.uint32(tag(2, wire.double)).double(time).finish());
}

const dataType = { string: 1, boolean: 2, number: 3 } as const;

/** `google.protobuf.Value` */
function protoValue(value: number | string | boolean): Uint8Array {
  const writer = protobuf.Writer.create();
  if (typeof value === "number") return writer.uint32(tag(2, wire.double)).double(value).finish();
  if (typeof value === "string") return writer.uint32(tag(3, wire.bytes)).string(value).finish();
  return writer.uint32(tag(4, wire.varint)).bool(value).finish();
}

/** `Summary.Value` whose metadata carries an `HParamsPluginData` of version 0 with one of its fields. */
function pluginValue(name: string, field: number, content: Uint8Array): Uint8Array {
  const data = protobuf.Writer.create().uint32(tag(field, wire.bytes)).bytes(content).finish();
  const plugin = protobuf.Writer.create().uint32(tag(1, wire.bytes)).string("hparams");
  plugin.uint32(tag(2, wire.bytes)).bytes(data);
  const metadata = protobuf.Writer.create().uint32(tag(1, wire.bytes)).bytes(plugin.finish()).finish();
  return protobuf.Writer.create()
    .uint32(tag(1, wire.bytes))
    .string(name)
    .uint32(tag(9, wire.bytes))
    .bytes(metadata)
    .finish();
}
