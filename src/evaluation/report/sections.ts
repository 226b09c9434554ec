/** @file The sections of the report in the order in which they are read. To add one: a file beside this one, and a line here. */
import { capacitySection } from "./capacity-section.ts";
import { confidenceSection } from "./confidence-section.ts";
import { costSweepSection } from "./cost-sweep-section.ts";
import { costsSection } from "./costs-section.ts";
import { drawdownSection } from "./drawdown-section.ts";
import { equitySection } from "./equity-section.ts";
import { foldsSection } from "./folds-section.ts";
import { latencySection } from "./latency-section.ts";
import { leaksSection } from "./leaks-section.ts";
import { metricsSection } from "./metrics-section.ts";
import { monthsSection } from "./months-section.ts";
import { notShownSection } from "./not-shown-section.ts";
import { priceSection } from "./price-section.ts";
import { randomSection } from "./random-section.ts";
import { regimesSection } from "./regimes-section.ts";
import { rewardSection } from "./reward-section.ts";
import type { SectionOf } from "./section.ts";
import { settingsSection } from "./settings-section.ts";
import { statisticsSection } from "./statistics-section.ts";
import { stressSection } from "./stress-section.ts";
import { timingSection } from "./timing-section.ts";
import { trialsSection } from "./trials-section.ts";

export const sections: readonly SectionOf[] = [
  equitySection,
  metricsSection,
  statisticsSection,
  randomSection,
  timingSection,
  foldsSection,
  drawdownSection,
  monthsSection,
  priceSection,
  costsSection,
  costSweepSection,
  latencySection,
  capacitySection,
  regimesSection,
  stressSection,
  rewardSection,
  confidenceSection,
  leaksSection,
  trialsSection,
  notShownSection,
  settingsSection,
];
