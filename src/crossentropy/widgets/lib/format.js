// Numbers as a reader compares them: always as many decimals, a true minus sign, ∞ for infinity, and
// a dash where there is none.

export function format(value, decimals = 4) {
  if (value === null) return "–";
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

// A text with numbers in it: written`${h} + ${kl}` is "0.6931 + 0.1438".
export const written = (strings, ...values) => String.raw({ raw: strings },
  ...values.map((value) => (typeof value === "number" ? format(value) : value)));

// A number in a picture: two decimals, or three digits of one that is smaller than a hundredth.
export function brief(value) {
  const size = Math.abs(value);
  if (size >= 0.00995 || size < 1e-15) return format(value, 2);
  return size < 1e-6 ? scientific(value) : value.toPrecision(3).replace("-", "−");
}

// A number that may be very small or very large, as 1.23 × 10⁻⁴⁵ where decimals would say nothing.
export function scientific(value, digits = 3) {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? "0" : format(value);
  if (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5) return format(value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${mantissa.replace("-", "−")} × 10${raised(Number(exponent))}`;
}

// A whole number as an exponent: ⁻⁴⁵.
export const raised = (exponent) =>
  String(exponent).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

export const threeDigits = (value) =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : format(value);

// 10,000 for ten thousand.
export const whole = (value) => String(value).replace("-", "−")
  .replace(/\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));

export const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

// A number that is added, or taken away.
export const plus = (value) => `${value < 0 ? "−" : "+"} ${format(Math.abs(value))}`;

// The text of a number with a plus sign, where the text is above zero.
export const signed = (text) => (/^[0.]*[1-9∞]/.test(text) ? `+${text}` : text);

// The text of a number, in brackets where a minus sign would stand beside another sign.
export const bracketed = (text) => (text.startsWith("−") ? `(${text})` : text);

// A label cut to the pixels that it has.
export function shorten(label, room) {
  const most = Math.max(1, Math.floor(room / 7.5));
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}

// Where the middle of a text stands, as near as it may be to x, so that it lies between two edges.
export function textWithin(left, right, x, text) {
  const half = 4 * text.length;
  return Math.max(Math.min(x, right - half), left + half);
}

// e^log, which may be far too small for a float, to some significant digits.
export function fromLog(log, digits = 3) {
  if (log === -Infinity) return "0";
  if (log > Math.log(0.01)) return Math.exp(log).toPrecision(digits);
  const exponent = Math.floor(log / Math.LN10);
  const mantissa = Math.exp(log - exponent * Math.LN10).toFixed(digits - 1);
  return mantissa.startsWith("10")
    ? `${(1).toFixed(digits - 1)} × 10${raised(exponent + 1)}`
    : `${mantissa} × 10${raised(exponent)}`;
}
