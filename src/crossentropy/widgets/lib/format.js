// Numbers as a reader compares them: always as many decimals, a true minus sign, ∞ for infinity.

export function format(value, decimals = 4) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

// A number that may be very small or very large, as 1.23 × 10⁻⁴⁵ where decimals would say nothing.
export function scientific(value, digits = 3) {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? "0" : format(value);
  if (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5) return format(value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const raised = String(Number(exponent)).replace(/[-0-9]/g, (c) =>
    c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
  return `${mantissa.replace("-", "−")} × 10${raised}`;
}

// A label cut to the pixels that it has.
export function shorten(label, room) {
  const most = Math.max(1, Math.floor(room / 7.5));
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}
