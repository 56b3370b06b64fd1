// A formula as MathML, so that it is read as one. It is written as one writes it in a line of text:
// p_k log q_k, e^{ℓ_k/T}. A letter by itself is a variable, all but those that are UPRIGHT; several
// letters are a word, or the name of a function. p is p's colour, q is q's, and KL the divergence's, as
// in pictures.

const TOKEN = /[_^]\{?| |[²³⁴]|₂|\d+|[A-Za-z]+|./gsu;
const UPRIGHT = "aeπ"; // a word, and two numbers
const SCRIPTS = { _: "msub", "^": "msup" };
const FUNCTIONS = new Set(["log", "max", "sin", "cos", "sgn", "e", "KL", "LSE", "NLL"]);
const RAISED = { "²": 2, "³": 3, "⁴": 4 };
const ROLES = { p: ' class="role-p"', q: ' class="role-q"', KL: ' class="role-kl"' };
const OPENING = "([";
const CLOSING = ")]";
const HAT = "\u0302";
const NARROW = '<mspace width="0.17em"></mspace>'; // around the name of a function

const tagged = (tag, ...parts) => `<${tag}>${parts.join("")}</${tag}>`;
const grouped = (items) => (items.length === 1 ? items[0] : tagged("mrow", ...items));

const isVariable = (sign) => /^\p{L}$/u.test(sign) && !UPRIGHT.includes(sign);
const variable = (letter, next) => next === HAT && letter === "p"
  // As an accent over a letter, WebKit puts the hat its own height too high.
  ? `<mtext${ROLES.p}>\u{1d45d}${HAT}</mtext>`
  : `<mi${ROLES[letter] ?? ""}>${letter}</mi>`;
const upright = (name) => name.length > 1
  ? `<mi${ROLES[name] ?? ""}>${name}</mi>` : `<mi mathvariant="normal">${name}</mi>`;

function operator(sign, isFirst, isSpaced) {
  const form = OPENING.includes(sign) || (sign === "−" && isFirst) ? "prefix"
    : CLOSING.includes(sign) ? "postfix" : "infix";
  const tight = "/‖".includes(sign) || (sign === "|" && !isSpaced) || form !== "infix"
    ? ' lspace="0" rspace="0"' : sign === "," ? ' lspace="0" rspace="0.3em"' : "";
  return `<mo form="${form}" stretchy="false"${tight}>${sign}</mo>`;
}

// The items up to the end of a group. Each is markup; `last` says what the last of them is.
function items(tokens) {
  const row = [];
  let [last, isSpaced] = ["operator", false];
  const push = (kind, markup) => {
    const isApart = last === "function" || (kind === "function" && last !== "operator");
    if (isSpaced && kind !== "operator" && isApart) row.push(NARROW);
    row.push(markup);
    [last, isSpaced] = [kind, false];
  };
  const script = (tag, index) => {
    row.push(tagged(tag, row.pop(), index));
  };
  while (tokens.length) {
    const sign = tokens.shift();
    if (sign === "}") return row;
    if (sign[0] in SCRIPTS) {
      const index = sign[1] ? tokens : [tokens.shift()]; // in braces, or a single one
      script(SCRIPTS[sign[0]], grouped(items(index)));
    } else if (sign in RAISED) script("msup", `<mn>${RAISED[sign]}</mn>`);
    else if (sign === "₂") script("msub", "<mn>2</mn>");
    else if (sign === " ") isSpaced = true;
    else if (/\d/.test(sign)) push("number", `<mn>${sign}</mn>`);
    else if (sign === HAT) continue; // its letter has it
    else if (isVariable(sign)) push("variable", variable(sign, tokens[0]));
    else if (FUNCTIONS.has(sign) || /[^\p{ASCII}]/u.test(sign) && /\p{L}/u.test(sign)) {
      push("function", upright(sign));
    } else if (/\p{L}/u.test(sign)) {
      // Words keep the spaces around them.
      const before = row.length && isSpaced ? "\u00a0" : "";
      const after = tokens[0] === " " && !/^[=−]$/.test(tokens[1]) ? "\u00a0" : "";
      push("words", `<mtext>${last === "words" ? "" : before}${sign}${after}</mtext>`);
    } else if (sign === "√") push("root", "");
    else {
      const markup = operator(sign, last === "operator", isSpaced);
      push(CLOSING.includes(sign) ? "closing" : "operator", markup);
    }
  }
  return row;
}

// A root covers the item after it, index and all.
function rooted(row) {
  const i = row.indexOf("");
  if (i < 0) return row;
  return [...row.slice(0, i), tagged("msqrt", row[i + 1]), ...rooted(row.slice(i + 2))];
}

export const formula = (markup) =>
  `<math translate="no">${rooted(items(markup.match(TOKEN))).join("")}</math>`;

// The same in a line of HTML, where it is short.
export const inText = (markup) => markup.replace(/([\p{L}’]+)(\u0302?)(?:_([\p{L}\d]))?/gu,
  (whole, letter, hat, index) => (!isVariable(letter) ? whole
    : `<i>${letter}${hat}${index ? `<sub>${index}</sub>` : ""}</i>`));
