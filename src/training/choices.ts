/** @file What the numbers of a network stand for in the action space that it was trained in. */
import type { ActionSettings, ActionSpaceName } from "#market/action-spaces.ts";
import { signalSettings, weightCodec } from "#market/action-spaces.ts";
import type { Choices } from "#policy/network-policy.ts";

/** Words, weights or levels, for a policy of networks. */
export function choicesOf(name: ActionSpaceName, settings: ActionSettings): Choices {
  const signals = signalSettings(name, settings);
  if (signals !== undefined) return { words: signals.space.words };
  const weights = weightCodec(name);
  return weights === undefined ? { levels: settings.levels } : { weights };
}
