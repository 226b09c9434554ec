import { actingContract } from "../acting.contract.ts";
import { levelActing } from "./levels.ts";

actingContract("levels", ({ length }) => levelActing([-1, 0, 1], length));
