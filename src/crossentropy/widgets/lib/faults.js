// What is wrong with a part of a state that came from outside (a link), or null.

import { UNITS, sum } from "./information.js";

export const numberFault = (name, value, least, most) =>
  typeof value === "number" && value >= least && value <= most
    ? null : `${name} is ${value}, not a number from ${String(least).replace("-", "−")} to ${most}`;

export const wholeFault = (name, value, least, most) =>
  Number.isInteger(value) && value >= least && value <= most
    ? null : `${name} is ${value}, not a whole number from ${least} to ${most}`;

export const positiveFault = (name, value) =>
  Number.isFinite(value) && value > 0 ? null : `${name} is ${value}, not a positive number`;

const isProbability = (value) => typeof value === "number" && value >= 0 && value <= 1;

export const probabilityFault = (name, value) =>
  isProbability(value) ? null : `${name} is ${value}, not a probability`;

export function distributionFault(name, p) {
  if (!Array.isArray(p) || p.length < 2) return `${name} is not a list of two or more numbers`;
  const k = p.findIndex((pk) => !isProbability(pk));
  if (k >= 0) return probabilityFault(`${name}[${k}]`, p[k]);
  const total = sum(p);
  return Math.abs(total - 1) > 1e-9 ? `${name} sums to ${total}, not to 1` : null;
}

export const labelsFault = (labels, size) =>
  Array.isArray(labels) && labels.length === size &&
  labels.every((label) => typeof label === "string") ? null : `labels are not ${size} names`;

export const unitFault = (unit) =>
  Object.hasOwn(UNITS, unit) ? null : `unit is ${unit}, not nats or bits`;
