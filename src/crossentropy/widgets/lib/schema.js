// What a state may be. Python's traits say it (_traits.py): their schemas are written into SCHEMAS,
// by the class's name, when the modules are joined, and `fault` refuses by them what comes from
// outside (a link, a script) as Python refuses what is set there, in the same words.

/** @type {Record<string, Record<string, any>>} */
export const SCHEMAS = {};

const shown = (value) => (typeof value === "number" ? String(value) : JSON.stringify(value));
const refused = (name, value, must) => `${name} is ${shown(value)}; it must be ${must}`;
const found = (values, faultOf) => {
  for (const [i, value] of values.entries()) {
    const wrong = faultOf(value, i);
    if (wrong) return wrong;
  }
  return null;
};

const FAULTS = {
  number(name, schema, value) {
    if (typeof value !== "number") return refused(name, value, "a number");
    if (!Number.isFinite(value)) return refused(name, value, "finite");
    const { least = -Infinity, most = Infinity, above = -Infinity, zero = false, must } = schema;
    const fits = (value >= least && value <= most && value > above) || (zero && value === 0);
    return fits ? null : refused(name, value, must);
  },
  whole: (name, { least, most = Infinity, must }, value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? null : refused(name, value, must),
  choice: (name, { among, must }, value) =>
    among.includes(value) ? null : refused(name, value, must),
  text(name, { pattern, must }, value) {
    if (typeof value !== "string") return refused(name, value, "a text");
    const fits = !pattern || new RegExp(`^(?:${pattern})$`, "su").test(value);
    return fits ? null : refused(name, value, must);
  },
  record(name, schema, value) {
    const fields = Object.keys(schema.fields);
    if (!Array.isArray(value)) return refused(name, value, "a list");
    if (value.length !== fields.length) {
      return `${name} has ${value.length} entries; it must have ${fields.length}: ${fields.join(", ")}`;
    }
    return found(fields, (field, i) =>
      traitFault(`the ${field} of ${name}`, schema.fields[field], value[i]));
  },
  list(name, { of, fewest, most = Infinity, empty = false, sum }, value) {
    if (!Array.isArray(value)) return refused(name, value, "a list");
    const size = value.length;
    if (size === 0) return empty ? null : `${name} is empty`;
    if (fewest === most && size !== most) return `${name} has ${size} entries; it must have ${most}`;
    if (size < fewest) {
      return `${name} has ${size} entries; ${["none", "one", "two", "three"][fewest]} are the least`;
    }
    if (size > most) return `${name} has ${size} entries; ${most} are the most`;
    return found(value, (entry, i) => traitFault(`${name}[${i}]`, of, entry)) ??
      sumFault(name, sum, value);
  },
};

// What is wrong with the value of one trait by itself, or null.
export const traitFault = (name, schema, value) => FAULTS[schema.kind](name, schema, value);

function sumFault(name, sum, values) {
  if (!sum) return null;
  const total = values.reduce((sofar, value) => sofar + value, 0);
  return total >= sum.least && total <= sum.most
    ? null : `${name} sums to ${total}, not ${sum.must}`;
}

// What is wrong with a value beside the other traits of its state, or null.
function mismatch(name, { like, below, of }, value, state) {
  if (like && value.length !== state[like].length) {
    return `${name} has ${value.length} entries and ${like} has ${state[like].length}`;
  }
  if (below && value >= state[below].length) {
    const count = state[below].length;
    return `${name} is ${value}; with ${count} ${below} it must be ${count - 1} at most`;
  }
  return of?.like || of?.below
    ? found(value, (entry, i) => mismatch(`${name}[${i}]`, of, entry, state)) : null;
}

// What is wrong with a state, or null.
export function fault(schema, state) {
  const names = Object.keys(schema);
  return found(names, (name) => traitFault(name, schema[name], state[name])) ??
    found(names, (name) => mismatch(name, schema[name], state[name], state));
}
