/** @file A curriculum: one stage after the other, each beginning with the best parameters of the one before. */
import type { IterationMetrics } from "#agents/agent.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { named, part } from "#env/snapshot.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import type { Alarm } from "./looks.ts";
import type { Stage } from "./stage.ts";
import { stageSettings } from "./stage.ts";
import type { Training, TrainingStart } from "./trainer.ts";
import { startTraining } from "./trainer.ts";

/**
 * The training of an experiment, in its stages where it has any. A stage ends with its transitions or where its validation
 * reaches `promoteAt`; the model is the best of the last stage.
 * @param parameters of the actor to begin with, such as those of the fold before; absent: fresh ones
 * @throws Failure config/invalid where a stage names an instrument that the market lacks
 */
export async function startStages(
  dataset: Dataset,
  fold: TrainingFold,
  settings: Experiment,
  parameters?: Float32Array,
): Promise<Training> {
  const { stages } = settings;
  const start = parameters === undefined ? {} : { parameters };
  if (stages === undefined) return startTraining(dataset, fold, settings, start);
  const begin = (at: number, from?: Float32Array): Promise<Training> =>
    startTraining(dataset, fold, stageSettings(settings, at), startOf(stages[at], from));

  let at = 0;
  /** Transitions and alarms of the stages before. */
  let before = 0;
  let earlier: readonly Alarm[] = [];
  let current = await begin(0, parameters);
  const { first, actor, warmStart } = current;

  const later = ({ transitions, ...alarm }: Alarm): Alarm => ({ ...alarm, transitions: transitions + before });
  const promoted = (): boolean => {
    const { promoteAt } = stages[at];
    const { best } = current;
    return promoteAt !== undefined && best.transitions > 0 && best.score.meanReward >= promoteAt;
  };
  const ended = (): boolean => current.done || promoted();
  const last = (): boolean => at === stages.length - 1;

  return {
    first,
    actor,
    warmStart,
    get env() {
      return current.env;
    },
    get arrayBytes() {
      return current.arrayBytes;
    },
    confidence: () => current.confidence(),
    parameters: () => current.parameters(),
    get transitions() {
      return before + current.transitions;
    },
    get done() {
      return last() && ended();
    },
    get stoppedEarly() {
      return last() && current.stoppedEarly;
    },
    get alarms() {
      return [...earlier, ...current.alarms.map(later)];
    },
    get best() {
      const { transitions, ...best } = current.best;
      return { ...best, transitions: before + transitions };
    },

    async next(): Promise<IterationMetrics> {
      if (ended() && !last()) {
        const { parameters: reached } = current.best;
        earlier = [...earlier, ...current.alarms.map(later)];
        before += current.transitions;
        await current.dispose();
        current = await begin(++at, reached);
      }
      const metrics = await current.next().catch((error: unknown) => {
        throw ofStage(error, at + 1);
      });
      return { ...metrics, stage: at + 1 };
    },

    snapshot: () => ({
      ...named("stage", current.snapshot()),
      stages: Float64Array.of(at, before),
      earlierAlarms: new TextEncoder().encode(JSON.stringify(earlier)),
    }),

    async restore(snapshot) {
      [at, before] = snapshot["stages"];
      invariant(at < stages.length, "a checkpoint is of one of the stages", { at, stages: stages.length });
      earlier = JSON.parse(new TextDecoder().decode(Uint8Array.from(snapshot["earlierAlarms"]))) as Alarm[];
      await current.dispose();
      current = await begin(at);
      await current.restore(part("stage", snapshot));
    },

    dispose: () => current.dispose(),
  };
}

/** What breaks down counts its transitions from the stage's beginning, and must say so. */
function ofStage(error: unknown, stage: number): unknown {
  if (!(error instanceof Failure) || !error.code.startsWith("training/")) return error;
  return new Failure(error.code, `${error.found} of stage ${stage}`, { cause: error });
}

function startOf(stage: Stage, parameters: Float32Array | undefined): TrainingStart {
  return { stage, ...(parameters === undefined ? {} : { parameters }) };
}
