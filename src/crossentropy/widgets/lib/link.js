// A state as the end of a link, short enough to read: `q:.25,.75,0;unit:bits`. It holds only what
// differs from the state that the page opens with; the schemas say how to read it.

const SAFE = /[A-Za-z0-9_-]/; // all that no mail, chat or tracker takes for the end of a link

const number = (value) => String(value).replace(/^(-?)0\./, "$1.").replace("e+", "e");
const words = (text) => [...text]
  .map((sign) => (SAFE.test(sign) ? sign : sign === " " ? "+" : percent(sign))).join("");
const percent = (sign) => encodeURIComponent(sign)
  .replace(/[.!~*'()]/, (left) => `%${left.charCodeAt(0).toString(16).toUpperCase()}`);

// Lists in a list are parted by strokes, all else by commas.
const isNested = ({ of, kind }) => kind === "list" && ["list", "record"].includes(of.kind);
const mark = (schema) => (isNested(schema) ? "/" : ",");
const entry = (schema, i) => schema.of ?? Object.values(schema.fields)[i];

function written(schema, value) {
  if (Array.isArray(value)) {
    return value.map((each, i) => written(entry(schema, i), each)).join(mark(schema));
  }
  return typeof value === "number" ? number(value) : words(String(value));
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/;

// What is no number stays a text: `fault` then says what it should be.
function readAs(schema, text) {
  if (schema.kind === "list" || schema.kind === "record") {
    if (text === "") return [];
    const parts = text.split(mark(schema));
    return parts.map((part, i) => readAs(entry(schema, i) ?? { kind: "text" }, part));
  }
  const isNumber = ["number", "whole"].includes(schema.kind) && NUMBER.test(text);
  return isNumber ? Number(text) : decodeURIComponent(text.replaceAll("+", " "));
}

// What differs from the opening state, as text.
export const toLink = (schema, state, opening) => Object.keys(schema)
  .map((name) => [name, written(schema[name], state[name]), written(schema[name], opening[name])])
  .filter(([, now, before]) => now !== before)
  .map(([name, now]) => `${name}:${now}`)
  .join(";");

// The changes in a text, each a value of its trait; throws where there are none to be read.
export function fromLink(schema, text) {
  const changes = {};
  for (const part of text.split(";").filter(Boolean)) {
    const [name, value] = part.split(/:(.*)/s);
    if (value === undefined) throw new RangeError(`“${name}” has no value`);
    changes[name] = schema[name] ? readAs(schema[name], value) : value;
  }
  return changes;
}

// The name and the state in the end of an address, or null. Whoever passed it on may have encoded
// it once more, or put something behind it: a bracket, a full stop, &utm_source=.
export function parted(hash) {
  let text = hash.replace(/^#/, "");
  for (let i = 0; i < 2 && !/=\w+:/.test(text); i += 1) text = decoded(text);
  const [, name, state] = /^([\w-]+)=([^&)\]>"']*)/.exec(text) ?? [];
  return name ? { name, state: state.replace(/[.,;:!?]+$/, "") } : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
