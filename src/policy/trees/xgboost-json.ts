/**
 * @file Forests from and to the JSON of XGBoost, as texts. Reads what versions 1.7 to 3 write of the booster `gbtree` with numeric
 * splits; what is written is read by all of them.
 */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Forest, ForestObjective, Tree } from "./forest.ts";

const objectives: Readonly<Record<string, ForestObjective>> = {
  "reg:squarederror": "squared-error",
  "binary:logistic": "logistic",
  "multi:softprob": "softmax",
  "multi:softmax": "softmax",
};

/** What each is written as. */
const objectiveNames = {
  "squared-error": "reg:squarederror",
  logistic: "binary:logistic",
  softmax: "multi:softprob",
} as const satisfies Record<ForestObjective, string>;

/** XGBoost writes its settings as texts. */
const settingSchema = z.coerce.number();
const numbersSchema = z.array(z.number());
const wholesSchema = z.array(z.int());
/** Booleans were numbers until version 1.6 or so. */
const flagsSchema = z.array(z.union([z.int(), z.boolean()]).transform(Number));

const treeSchema = z.object({
  left_children: wholesSchema,
  right_children: wholesSchema,
  split_indices: wholesSchema,
  split_conditions: numbersSchema,
  default_left: flagsSchema,
  split_type: wholesSchema.default([]),
  base_weights: numbersSchema.default([]),
  loss_changes: numbersSchema.default([]),
  sum_hessian: numbersSchema.default([]),
  tree_param: z.object({ size_leaf_vector: settingSchema.default(0) }).default({ size_leaf_vector: 0 }),
});

const modelSchema = z.object({
  learner: z.object({
    feature_names: z.array(z.string()).default([]),
    gradient_booster: z.object({
      name: z.literal("gbtree"),
      model: z.object({ tree_info: wholesSchema, trees: z.array(treeSchema) }),
    }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: settingSchema,
      num_feature: settingSchema,
      num_target: settingSchema.default(1),
    }),
    objective: z.object({ name: z.string() }),
  }),
  version: z.array(z.int()).default([]),
});

type ModelFile = z.output<typeof modelSchema>;

/**
 * A forest from the text of an XGBoost model.
 * @param name of the file, for messages
 * @param features columns that the rows will have; absent: whatever the model says
 * @throws Failure model/bad-forest
 */
export function forestFromXgboost(text: string, name: string, features?: number): Forest {
  const refuse = (found: string): never => {
    throw new Failure("model/bad-forest", `${name}: ${found}`, { file: name });
  };
  const { learner } = fileOf(text, refuse);
  const { learner_model_param: param, objective, gradient_booster: booster } = learner;
  const kind = objectives[objective.name] ?? refuse(`the objective is ${objective.name}`);
  const { trees, tree_info: treeOutput } = booster.model;
  if (param.num_target > 1) refuse(`it has ${param.num_target} targets`);
  if (features !== undefined && param.num_feature !== features) {
    refuse(`it is of ${param.num_feature} features, the rows have ${features}`);
  }
  const outputs = kind === "softmax" ? param.num_class : 1;
  if (kind === "softmax" && !(outputs >= 2)) refuse(`${objective.name} has ${param.num_class} classes`);
  if (treeOutput.length !== trees.length) refuse(`${trees.length} trees add to ${treeOutput.length} outputs`);
  const stray = treeOutput.find((output) => output < 0 || output >= outputs);
  if (stray !== undefined) refuse(`a tree adds to output ${stray} of ${outputs}`);
  const names = learner.feature_names;
  if (names.length > 0 && names.length !== param.num_feature) {
    refuse(`${names.length} names are not ${param.num_feature} features`);
  }
  return {
    objective: kind,
    features: param.num_feature,
    featureNames: names,
    outputs,
    baseScore: baseScoreOf(param.base_score, outputs, kind, refuse),
    trees: trees.map((tree, t) => treeOf(tree, param.num_feature, (found) => refuse(`tree ${t} ${found}`))),
    treeOutput,
  };
}

function fileOf(text: string, refuse: (found: string) => never): ModelFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return refuse(`it is cut short or no JSON (${(cause as Error).message})`);
  }
  const parsed = modelSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  return refuse(`${path.join(".") || "(all)"}: ${message}`);
}

/** "5E-1", "[5E-1]" or one number for each output. */
function baseScoreOf(
  text: string,
  outputs: number,
  objective: ForestObjective,
  refuse: (found: string) => never,
): readonly number[] {
  const scores = text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map(Number);
  const right = (score: number): boolean =>
    Number.isFinite(score) && (objective !== "logistic" || (score > 0 && score < 1));
  if (!scores.every(right) || (scores.length !== 1 && scores.length !== outputs)) refuse(`base_score is ${text}`);
  return scores.length === outputs ? scores : Array.from({ length: outputs }, () => scores[0]);
}

function treeOf(tree: z.output<typeof treeSchema>, features: number, refuse: (found: string) => never): Tree {
  const { left_children: left, right_children: right, split_indices: indices, split_conditions: conditions } = tree;
  const nodes = left.length;
  if (tree.tree_param.size_leaf_vector > 1) refuse("has leaves of several numbers");
  if (tree.split_type.includes(1)) refuse("splits by categories");
  const columns = { right, indices, conditions, default_left: tree.default_left };
  for (const [column, values] of Object.entries(columns)) {
    if (values.length !== nodes) refuse(`has ${nodes} nodes and ${values.length} of ${column}`);
  }
  if (nodes === 0) refuse("has no nodes");
  // No node has two parents and the root has none, so walking down from the root ends at a leaf.
  const parents = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if ((left[node] === -1) !== (right[node] === -1)) refuse(`has a node ${node} with one child`);
    if (left[node] === -1) continue;
    for (const child of [left[node], right[node]]) {
      if (child < 1 || child >= nodes || parents[child]++ > 0)
        refuse(`has a node ${node} whose child is ${child} of ${nodes}`);
    }
  }
  const kept = reachable(left, right);
  const numberOf = new Map(kept.map((node, number) => [node, number]));
  const isLeaf = (node: number): boolean => left[node] < 0;
  const stray = kept.find((node) => !isLeaf(node) && !(indices[node] >= 0 && indices[node] < features));
  if (stray !== undefined) refuse(`looks at feature ${indices[stray]} of ${features}`);
  const child = (children: readonly number[]) => Int32Array.from(kept, (node) => numberOf.get(children[node]) ?? -1);
  const orZeros = (values: readonly number[]) => Float32Array.from(kept, (node) => values[node] ?? 0);
  return {
    feature: Int32Array.from(kept, (node) => (isLeaf(node) ? -1 : indices[node])),
    threshold: Float32Array.from(kept, (node) => (isLeaf(node) ? 0 : conditions[node])),
    left: child(left),
    right: child(right),
    defaultLeft: Uint8Array.from(kept, (node) => (isLeaf(node) ? 0 : tree.default_left[node])),
    value: Float32Array.from(kept, (node) => (isLeaf(node) ? conditions[node] : (tree.base_weights[node] ?? 0))),
    gain: orZeros(tree.loss_changes),
    cover: orZeros(tree.sum_hessian),
  };
}

/** Nodes that the root leads to, in order: a file also holds those that were pruned. */
function reachable(left: readonly number[], right: readonly number[]): number[] {
  const found = [0];
  for (const node of found) if (left[node] >= 0) found.push(left[node], right[node]);
  return found.sort((a, b) => a - b);
}

/** The text of a forest as XGBoost writes it. */
export function forestToXgboost(forest: Forest): string {
  const { objective, features, featureNames, outputs, baseScore, trees, treeOutput } = forest;
  const alike = baseScore.every((score) => score === baseScore[0]);
  // Versions before 3.1 know one base score for all outputs.
  const base = alike ? float32Text(baseScore[0]) : `[${baseScore.map(float32Text).join(",")}]`;
  const classes = String(objective === "softmax" ? outputs : 0);
  const rounds = Math.ceil(trees.length / outputs);
  const model = object({
    gbtree_model_param: JSON.stringify({
      num_parallel_tree: "1",
      num_trees: String(trees.length),
      size_leaf_vector: "0",
    }),
    iteration_indptr: JSON.stringify(
      Array.from({ length: rounds + 1 }, (_, round) => Math.min(round * outputs, trees.length)),
    ),
    tree_info: JSON.stringify(treeOutput),
    trees: `[${trees.map((tree, id) => treeText(tree, id, features)).join(",\n")}]`,
  });
  const learner = object({
    attributes: "{}",
    feature_names: JSON.stringify(featureNames),
    feature_types: JSON.stringify(featureNames.map(() => "float")),
    gradient_booster: object({ model, name: '"gbtree"' }),
    learner_model_param: JSON.stringify({
      base_score: base,
      boost_from_average: "1",
      num_class: classes,
      num_feature: String(features),
      num_target: "1",
    }),
    objective: JSON.stringify({
      name: objectiveNames[objective],
      ...(objective === "softmax"
        ? { softmax_multiclass_param: { num_class: classes } }
        : { reg_loss_param: { scale_pos_weight: "1" } }),
    }),
  });
  return object({ learner, version: "[1,7,4]" });
}

/** A JSON object of values that are JSON already. */
function object(fields: Readonly<Record<string, string>>): string {
  return `{${Object.entries(fields)
    .map(([name, text]) => `"${name}":${text}`)
    .join(",")}}`;
}

/** XGBoost's way to say that a node has no parent. */
const noParent = 2_147_483_647;

function treeText(tree: Tree, id: number, features: number): string {
  const nodes = tree.feature.length;
  const parents = Array.from({ length: nodes }, () => noParent);
  for (const children of [tree.left, tree.right])
    children.forEach((child, node) => child >= 0 && (parents[child] = node));
  const conditions = tree.threshold.map((threshold, node) => (tree.feature[node] < 0 ? tree.value[node] : threshold));
  return object({
    base_weights: floats(tree.value),
    categories: "[]",
    categories_nodes: "[]",
    categories_segments: "[]",
    categories_sizes: "[]",
    default_left: wholes(tree.defaultLeft),
    id: String(id),
    left_children: wholes(tree.left),
    loss_changes: floats(tree.gain),
    parents: wholes(parents),
    right_children: wholes(tree.right),
    split_conditions: floats(conditions),
    split_indices: wholes(tree.feature.map((feature) => Math.max(0, feature))),
    split_type: wholes(new Uint8Array(nodes)),
    sum_hessian: floats(tree.cover),
    tree_param: JSON.stringify({
      num_deleted: "0",
      num_feature: String(features),
      num_nodes: String(nodes),
      size_leaf_vector: "0",
    }),
  });
}

function wholes(values: ArrayLike<number>): string {
  return `[${Array.from(values).join(",")}]`;
}

/** With a point or an exponent, by which XGBoost's reader tells a real number from a whole one. */
function floats(values: Float32Array): string {
  const texts = Array.from(values, (value) => {
    const text = String(shortest(value));
    return /[.e]/.test(text) ? text : `${text}.0`;
  });
  return `[${texts.join(",")}]`;
}

/** The number with the fewest digits that is this float32 when it is read as one: 9 tell any two apart. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

function float32Text(value: number): string {
  return shortest(Math.fround(value)).toExponential().toUpperCase().replace("E+", "E");
}
