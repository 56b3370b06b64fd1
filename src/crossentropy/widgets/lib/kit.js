// What every picture is drawn with, to import from one place.

export * from "./clamp.js";
export * from "./explorable.js";
export * from "./format.js";
export * from "./handle.js";
export * from "./information.js";
export * from "./marks.js";
export * from "./memo.js";
export * from "./pen.js";
export * from "./picture.js";
export * from "./plane.js";
export * from "./runner.js";
export * from "./schema.js";
export * from "./track.js";
