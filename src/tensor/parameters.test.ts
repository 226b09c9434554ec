/** @file The flat vector: what goes in comes out, by name. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { input } from "./graph.ts";
import { constantly, orthogonal, zeros } from "./initialisers.ts";
import { linear, mlp } from "./layers.ts";
import { parameterLayout } from "./parameters.ts";
import { evaluate } from "./reference.ts";

test("unpacks and packs a flat vector without changing it", () => {
  const layout = parameterLayout();
  layout.add("a", [2, 3], zeros);
  layout.add("b", [], zeros);
  layout.add("c", [4], zeros);
  const packed = layout.pack(layout.unpack(input("flat", [layout.size])));
  const flat = Array.from({ length: 11 }, (_, at) => at);
  expect(layout.size).toBe(11);
  expect([...evaluate({ packed }, { flat }).packed]).toEqual(flat);
});

test("starts each parameter from its own stream, so that adding one changes no other", () => {
  const small = parameterLayout();
  small.add("w", [3, 3], orthogonal());
  const large = parameterLayout();
  large.add("first", [2], constantly(7));
  large.add("w", [3, 3], orthogonal());
  const flat = large.initialise(createRng(1));
  expect(flat.subarray(2)).toEqual(small.initialise(createRng(1)));
  expect([...flat.subarray(0, 2)]).toEqual([7, 7]);
});

test("refuses two parameters of one name, and one that is not there", () => {
  const layout = parameterLayout();
  layout.add("a", [1], zeros);
  expect(() => layout.add("a", [1], zeros)).toThrow("names of their own");
  expect(() => layout.unpack(input("flat", [1]))("b")).toThrow("added before it is used");
  expect(() => layout.unpack(input("flat", [2]))).toThrow("holds all parameters");
});

test("applies a linear layer as x·W + b", () => {
  const layout = parameterLayout();
  const y = linear(layout, "layer", 2, 2)(input("x", [1, 2]), layout.unpack(input("flat", [6])));
  expect([...evaluate({ y }, { x: [1, 10], flat: [1, 2, 3, 4, 100, 200] }).y]).toEqual([131, 242]);
});

test("applies an activation after every layer of an mlp but the last, and normalises before it", () => {
  const layout = parameterLayout();
  const options = { activation: "relu", weight: constantly(-1), outputWeight: constantly(1) } as const;
  const plain = mlp(layout, "plain", [1, 2, 1], options);
  const normed = mlp(layout, "normed", [1, 2, 1], { ...options, normalise: true });
  const parameters = layout.unpack(input("flat", [layout.size]));
  const x = input("x", [2, 1]);
  const feeds = { x: [-3, 3], flat: layout.initialise(createRng(1)) };
  const found = evaluate({ plain: plain(x, parameters), normed: normed(x, parameters) }, feeds);
  expect([...found.plain]).toEqual([6, 0]);
  expect([...found.normed], "two equal hidden values have no deviation").toEqual([0, 0]);
});
