/** @file Kinds of numbers that settings of agents are. */
import { z } from "zod";

export const fraction = z.number().min(0).max(1);
export const positive = z.number().positive();
export const notNegative = z.number().min(0);
export const count = z.int().positive();
