"""Forty wrong answers and more, and what the page that a student gets back says of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: what was done, the cell, in which `answer` stands for its name, and the page.

    `asked` is what was asked for: "mean", a number of a list; "rows", a list of numbers of a table;
    or "two", a variable that holds the number 2.
    """

    what: str
    cell: str
    says: str
    asked: str = "mean"


def returns(value: str, what: str, says: str, asked: str = "mean") -> Wrong:
    """Return a function that returns something wrong."""
    return Wrong(what, f"def answer(x):\n    return {value}", says, asked)


def raises(body: str, says: str) -> Wrong:
    """Return a function that raises."""
    return Wrong(body, f"def answer(x):\n    {body}", f"it raised {says}")


MISSING = "there is nothing of this name"
TYPE = "it was no number, or no array of numbers"
SHAPE = "it had another shape"
NAN = "it was nan, which is not a number"
SLOW = "it was too slow"
LARGE = "it was too large"
VALUE = "it was another value"
FORBIDDEN = "it called entropy, which the task forbids"

WRONG = [
    # No such function.
    Wrong("nothing", "", MISSING),
    Wrong("another name", "def the_answer(x):\n    return x.mean()", MISSING),
    Wrong("an error above it", "1 / 0\ndef answer(x):\n    return x.mean()", MISSING),
    Wrong("no Python", "def answer(x):\n    return x.mean(", MISSING),
    Wrong("inside another", "def f():\n    def answer(x):\n        return x.mean()", MISSING),
    Wrong("no variable", "the_answer = 2", MISSING, "two"),
    # An error.
    raises("return nowhere", "NameError"),
    raises("return x.means()", "AttributeError"),
    raises("return x[99]", "IndexError"),
    raises("return {}[0]", "KeyError"),
    raises("return 1 / 0", "ZeroDivisionError"),
    raises("return int('x')", "ValueError"),
    raises("return x + None", "TypeError"),
    raises("assert False", "AssertionError"),
    raises("raise NotImplementedError()", "NotImplementedError"),
    raises("import seaborn", "ModuleNotFoundError"),
    raises("y += x; return y", "UnboundLocalError"),
    raises("return answer(x)", "RecursionError"),
    raises("return len(bytes(10**13))", "MemoryError"),
    raises("return np.linalg.inv(np.zeros((2, 2)))", "LinAlgError"),
    raises("open('data.csv')", "FileNotFoundError"),
    raises("import sys; sys.exit()", "SystemExit"),
    Wrong("no argument", "def answer():\n    return 1", "it raised TypeError"),
    Wrong(
        "an error of its own, whose name could tell of the question",
        "class TheyAsk123(Exception):\n    pass\ndef answer(x):\n    raise TheyAsk123",
        "it raised an error",
    ),
    # Another type.
    returns("None", "None", TYPE),
    Wrong("no return", "def answer(x):\n    value = x.mean()", TYPE),
    returns("print(x.mean())", "printed", TYPE),
    returns("str(x.mean())", "a string", TYPE),
    returns("[str(m) for m in x.mean(axis=1)]", "strings", TYPE, "rows"),
    returns("{'mean': x.mean()}", "a dictionary", TYPE),
    returns("{x.mean()}", "a set", TYPE),
    returns("x.mean", "a method that is not called", TYPE),
    returns("x.mean() + 0j", "a complex number", TYPE),
    returns("[[1.0], [1.0, 2.0]]", "rows of two lengths", TYPE, "rows"),
    returns("np.ma.masked_less(x.mean(axis=1), 9)", "a masked array", TYPE, "rows"),
    Wrong("text in a variable", "answer = '2'", TYPE, "two"),
    Wrong("an unset variable", "answer = None", TYPE, "two"),
    # Another shape.
    returns("[x.mean(), x.mean()]", "two numbers for one", SHAPE),
    returns("x.mean()", "one number for several", SHAPE, "rows"),
    returns("x.mean(axis=0)", "the other axis", SHAPE, "rows"),
    returns("x.mean(axis=1, keepdims=True)", "a column", SHAPE, "rows"),
    returns("x.mean(axis=1)[:-1]", "one too few", SHAPE, "rows"),
    returns("[]", "an empty list", SHAPE),
    # No number.
    returns("np.nan", "nan", NAN),
    returns("np.float64(0) / 0", "0 / 0", NAN),
    returns("np.where(x[:, 0] < 1, np.nan, 1)", "nan in one place", NAN, "rows"),
    # Too slow, and too large.
    Wrong("no end", "def answer(x):\n    while True:\n        pass", SLOW),
    Wrong("a pause", "def answer(x):\n    import time\n    time.sleep(60)", SLOW),
    returns("sum(1 / k for k in range(1, 10**12))", "a long sum", SLOW),
    returns("np.zeros(10**6)", "8 MB", LARGE),
    # Another value.
    returns("x.sum()", "the sum", VALUE),
    returns("-x.mean()", "the sign", VALUE),
    returns("np.median(x)", "the median", VALUE),
    returns("np.inf", "infinity", VALUE),
    returns("True", "a truth value", VALUE),
    returns("0.5", "the number of the page", VALUE),
    returns("x.mean() * (1 + 1e-4)", "rounded", VALUE),
    returns("sorted(x.mean(axis=1))", "in another order", VALUE, "rows"),
    Wrong("another number", "answer = 3", VALUE, "two"),
    # What the task forbids.
    Wrong("`ce.entropy`", "def answer(x):\n    ce.entropy([1.0])\n    return x.mean()", FORBIDDEN),
    Wrong(
        "another name",
        "from crossentropy import entropy as h\ndef answer(x):\n    return x.mean() + h([1])",
        FORBIDDEN,
    ),
    Wrong(
        "SciPy's",
        "def answer(x):\n    from scipy import stats\n    return x.mean() + stats.entropy([1])",
        FORBIDDEN,
    ),
    # Of two kinds.
    Wrong(
        "an error for long lists, and else another value",
        "def answer(x):\n    return x[2] * 0 if len(x) < 4 else x[99]",
        "it raised IndexError; it was another value",
    ),
]
