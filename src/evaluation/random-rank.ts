/** @file Where the agent stands among random agents of the same turnover. */

export interface RandomRank {
  /** Mean Sharpe of the agent's runs. */
  readonly agent: number;
  /** Share of random agents that did worse; those that did exactly as well count half. */
  readonly percentile: number;
  /** Chance that a random agent does at least as well: (1 + those that did) / (1 + all), Davison and Hinkley, 1997, §4.2.5. */
  readonly pValue: number;
  readonly agents: number;
}

/** @param random Sharpe ratio of each random agent, at least one */
export function randomRank(agent: number, random: readonly number[]): RandomRank {
  const worse = random.filter((value) => value < agent).length;
  const alike = random.filter((value) => value === agent).length;
  return {
    agent,
    percentile: (worse + alike / 2) / random.length,
    pValue: (1 + random.length - worse) / (1 + random.length),
    agents: random.length,
  };
}
