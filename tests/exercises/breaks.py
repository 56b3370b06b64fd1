"""Ways to break a solution: the small ones of a slip of the pen, and the large ones of people."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import signal
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from crossentropy.exercises import Exercise
from crossentropy.exercises._exercise import Judge

COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
NAMES = {
    "max": ["min", "mean"],
    "min": ["max", "mean"],
    "maximum": ["minimum"],
    "minimum": ["maximum"],
    "sum": ["mean", "max"],
    "mean": ["sum", "max"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "log": ["log2", "log1p"],
    "log2": ["log", "log10"],
    "log1p": ["log"],
    "exp": ["expm1", "exp2"],
    "expm1": ["exp"],
    "sqrt": ["square"],
    "any": ["all"],
    "all": ["any"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "cumsum": ["cumprod"],
    "prod": ["sum"],
    "expit": ["tanh"],
    "entropy": ["perplexity"],
}


def small(source: str, answer: str) -> Iterator[str]:
    """Yield the lines of a cell that make an answer, with one node of their syntax tree changed."""
    lines = ast.parse(source)
    lines.body = _that_make(answer, lines.body)
    whole = ast.unparse(lines)
    tree = ast.parse(whole)
    seen = {whole}
    for position, node in enumerate(ast.walk(tree)):
        for changed in _changes(node):
            # All trees share some nodes; a deep copy takes along what any library has hung on them.
            other = ast.parse(whole)
            _put(other, position, changed)
            broken = ast.unparse(ast.fix_missing_locations(other))
            if broken not in seen:
                seen.add(broken)
                yield broken


def _that_make(answer: str, body: list[ast.stmt]) -> list[ast.stmt]:
    """Keep the definitions that an answer needs; a cell also asserts, shows and compares."""
    needed, kept = {answer}, []
    for statement in reversed(body):
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        defined = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        if isinstance(statement, ast.FunctionDef):
            defined = {statement.name}
        if defined & needed:
            kept.append(statement)
            needed |= {node.id for node in names}
    return kept[::-1]


def _put(tree: ast.AST, position: int, new: ast.AST) -> None:
    """Replace the node at a position of `ast.walk` by another."""
    old = list(ast.walk(tree))[position]
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                value[:] = [new if part is old else part for part in value]


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op, *rest]):
            for other in COMPARISONS.get(type(op), []):
                yield _with(node, ops=[other(), *rest])
        case ast.BinOp(left=left, op=op, right=right):
            for other in OPERATORS.get(type(op), []):
                yield _with(node, op=other())
            if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow):
                yield left
            if isinstance(op, ast.Sub | ast.Div | ast.MatMult):
                yield _with(node, left=right, right=left)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Attribute(attr=name):
            for other_name in NAMES.get(name, []):
                yield _with(node, attr=other_name)
        case ast.Name(id=name, ctx=ast.Load()):
            for other_name in NAMES.get(name, []):
                yield _with(node, id=other_name)
        case ast.Call(args=args, keywords=keywords):
            for i in range(len(keywords)):
                yield _with(node, keywords=keywords[:i] + keywords[i + 1 :])
            if len(args) == 2:
                yield _with(node, args=args[::-1])
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def large(exercise: Exercise) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield functions that are wrong as people are, made of what is right."""
    right = [case.right.value for case in exercise.cases()]
    inputs = exercise.inputs

    def reference(*arguments: Any) -> Any:
        return exercise.reference(*copy.deepcopy(arguments))

    for i, constant in enumerate(inputs):
        yield f"what is right for input {i}, for all", lambda *_, c=constant: reference(*c)
        for j in range(len(inputs[0])):
            yield (
                f"argument {j} ignored: always that of input {i}",
                lambda *given, c=constant, j=j: reference(*given[:j], c[j], *given[j + 1 :]),
            )
    yield "the text's own numbers only", lambda *given: _first_or_zero(reference, inputs[0], given)
    if exercise.compared is None:
        yield "zeros", lambda *given: _zeros(reference(*given))
        yield "the other sign", lambda *given: _mapped(np.negative, reference(*given))
        yield "twice as much", lambda *given: _mapped(lambda part: 2 * part, reference(*given))
        if all(isinstance(value, np.ndarray) and value.ndim > 0 for value in right):
            yield "the first row for all", lambda *given: _repeated(reference(*given))
            yield "zeros after the first row", lambda *given: _first_row(reference(*given))


def _first_or_zero(reference: Callable[..., Any], first: Any, given: Any) -> Any:
    value = reference(*given)
    same = all(np.array_equal(one, other) for one, other in zip(first, given, strict=True))
    return value if same else _zeros(value)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped(change, part) for part in value)
    return change(np.asarray(value, dtype=np.float64))


def _zeros(value: Any) -> Any:
    return _mapped(np.zeros_like, value)


def _repeated(value: Any) -> Any:
    return np.broadcast_to(np.asarray(value)[:1], np.shape(value))


def _first_row(value: Any) -> Any:
    rows = np.array(value, dtype=np.float64)
    rows[1:] = 0
    return rows


def small_survivors(
    judge: Judge, source: str, answer: str, before: Mapping[str, Any], excused: Iterable[str]
) -> list[str]:
    """Return the small breaks that are called correct, but for those with an excused part."""
    return [
        broken
        for broken in small(source, answer)
        if _verdict(judge, broken, answer, before) == "Correct."
        if not any(part in broken for part in excused)
    ]


def large_survivors(judge: Judge, exercise: Exercise, excused: Container[str]) -> list[str]:
    """Return the large breaks that are called correct, but for those that are excused."""
    if exercise.inputs == ((),):
        return []  # an answer that takes nothing is a constant
    return [
        words
        for words, answer in large(exercise)
        if words not in excused and judge.judge(answer) == "Correct."
    ]


def single_precision(exercise: Exercise) -> Callable[..., Any]:
    """Return the reference with all that it returns rounded to float32."""

    def rounded(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(rounded(part) for part in value)
        return np.asarray(value, dtype=np.float32)

    return lambda *arguments: rounded(exercise.reference(*arguments))


def _verdict(judge: Judge, source: str, answer: str, before: Mapping[str, Any]) -> str:
    """Run a broken solution where the solution runs, and check it as its cell does."""
    namespace = dict(before)
    with contextlib.redirect_stdout(io.StringIO()), _patience(1), np.errstate(all="ignore"):
        try:
            exec(compile(source, "broken", "exec"), namespace)
            value = eval(answer, namespace)
        except Exception as error:
            return f"it raised {error!r}"
        return judge.judge(value)
    return "it did not end"


class Endless(BaseException):
    """What no judge takes for an answer: one case that does not end is enough."""


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Give up what takes longer: a broken loop may never end."""

    def enough(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    except Endless:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
