"""When work was due, when it came, and what being late costs.

One file for a class, ``classroom/deadlines.toml``, says all of it::

    zone = "Europe/Berlin"              # of every time here that names none
    file_times = false                  # whether a file's own time stamp is when it came

    ["1-entropy"]
    due = 2026-11-06 23:59:00
    grace_minutes = 15                  # later than due by this is not late
    points_per_day = 2                  # for each day that has begun
    at_most = 10                        # never more than this

    ["1-entropy".exceptions."Lee, Ann"] # what is other for one student
    due = 2026-11-13 23:59:00
    reason = "ill"

    ["1-entropy".came]                  # when it came, where no system says it
    "Lee, Kim" = 2026-11-07 00:20:00

A day ends at the time of day that the work was due, also where clocks were changed on it. Whatever
is not known is taken in the student's favour, and said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["Deadlines", "Late", "Rule", "lateness", "read_deadlines"]

# Days that are counted: whoever comes later than this pays no more.
MOST_DAYS = 3_660

# How Moodle writes a time into its grading worksheet, in English.
MOODLE_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p", "%A, %d %B %Y, %H:%M")

# Canvas writes it between the name and the number of whom it takes for late; `names` has the rest.
CANVAS_NAME = re.compile(r"[^_]+_(?P<late>LATE_)?\d+_\d+_.+")


@dataclass(frozen=True)
class Rule:
    """What holds for an assignment, or for one student of it.

    Parameters
    ----------
    due : datetime
        When it is due, with its time zone.
    grace : timedelta
        How much later it still is in time.
    per_day : float
        The points that each day costs that has begun.
    at_most : float
        The points that all days cost together, at most.
    reason : str
        Why it is another rule than the others', or "".
    """

    due: datetime
    grace: timedelta = timedelta(0)
    per_day: float = 0.0
    at_most: float = float("inf")
    reason: str = ""


@dataclass(frozen=True)
class Deadlines:
    """All rules of a class.

    Parameters
    ----------
    zone : ZoneInfo
        The time zone of times that name none.
    file_times : bool
        Whether the time stamp of a file says when it came.
    rules : dict of str to Rule
        The rule of each assignment that has one.
    exceptions : dict of (str, str) to Rule
        The rule of an assignment for one student.
    came : dict of (str, str) to datetime
        When the work of a student for an assignment came.
    """

    zone: ZoneInfo
    file_times: bool = False
    rules: dict[str, Rule] = field(default_factory=dict)
    exceptions: dict[tuple[str, str], Rule] = field(default_factory=dict)
    came: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def students(self) -> set[str]:
        """Whom it names."""
        return {student for _, student in (*self.exceptions, *self.came)}

    def called(self, name: Callable[[str], str]) -> Deadlines:
        """Return the same for students who are called by other names.

        Parameters
        ----------
        name : callable
            Returns what a student is called; ValueError, which goes on from the name, if there is
            no such student.
        """
        names = {}
        for (where, student), key in self._places():
            try:
                names[student] = name(student)
            except ValueError as problem:
                raise ValueError(f'{where}.{key}."{student}" {problem}') from None
        return replace(
            self,
            exceptions={
                (where, names[who]): rule for (where, who), rule in self.exceptions.items()
            },
            came={(where, names[who]): time for (where, who), time in self.came.items()},
        )

    def _places(self) -> list[tuple[tuple[str, str], str]]:
        """Return where each student is named."""
        named = [(place, "exceptions") for place in self.exceptions]
        return named + [(place, "came") for place in self.came]


@dataclass(frozen=True)
class Late:
    """How late a submission is, and what that costs.

    Parameters
    ----------
    days : int
        How many days after it was due have begun.
    penalty : float
        The points that this costs.
    said : str
        When it came and when it was due, and what follows; "" where there is nothing to say.
    known : bool
        Whether it is known when it came.
    """

    days: int = 0
    penalty: float = 0.0
    said: str = ""
    known: bool = True


IN_TIME = Late()


def lateness(
    deadlines: Deadlines,
    assignment: str,
    student: str,
    file: str,
    modified: float | None = None,
    system: str = "",
) -> Late:
    """Return how late a submission is.

    Parameters
    ----------
    deadlines : Deadlines
        The rules.
    assignment, student : str
        What it is of, and whose.
    file : str
        The name of the file that was graded: Canvas says in it whether it is late, and not when it
        came. The time stamps in Canvas's and Moodle's zips are those of the download, as far as
        ``lib/content_zipper.rb`` of the one and ``zip_writer.php`` of the other say.
    modified : float, optional
        When the file was changed last, in seconds since 1970.
    system : str, optional
        When it came, as Moodle writes it into its grading worksheet.

    Returns
    -------
    Late
        Without a penalty where it is not known when it came.
    """
    own = deadlines.exceptions.get((assignment, student))
    rule = own or deadlines.rules.get(assignment)
    if rule is None:
        return IN_TIME
    came = deadlines.came.get((assignment, student)) or _moodles(system, deadlines.zone)
    if came is None:
        named = CANVAS_NAME.fullmatch(file)
        if named and not named["late"]:
            return IN_TIME
        if named or not deadlines.file_times or modified is None:
            said = "Canvas calls it late, and does not say" if named else "nothing says"
            where = f'["{assignment}".came]'
            text = f"{said} when it came, so nothing is taken off: write it under {where}"
            return Late(said=text, known=False)
        came = datetime.fromtimestamp(modified, UTC)
    late = _judged(rule, came, deadlines.zone)
    if own is not None and not late.days:
        usual = deadlines.rules.get(assignment)
        if usual is not None and _judged(usual, came, deadlines.zone).days:
            why = f": {own.reason}" if own.reason else ""
            return Late(said=f"{_when(came, rule, deadlines.zone)}, in time by an exception{why}")
    return late


def _judged(rule: Rule, came: datetime, zone: ZoneInfo) -> Late:
    """Return how late it is what came at a time."""
    days = _days(rule, came, zone)
    if not days:
        return IN_TIME
    penalty = min(days * rule.per_day, rule.at_most)
    begun = "1 day has begun" if days == 1 else f"{days} days have begun"
    points = "1 point is" if penalty == 1 else f"{penalty:g} points are"
    why = f" ({rule.reason})" if rule.reason else ""
    said = f"{_when(came, rule, zone)}{why}: {begun} since then, and {points} taken off"
    return Late(days, penalty, said)


def _when(came: datetime, rule: Rule, zone: ZoneInfo) -> str:
    grace = f" with {rule.grace.total_seconds() / 60:g} minutes of grace" if rule.grace else ""
    written = (f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" for time in (came, rule.due))
    return "it came {}, was due {}".format(*written) + grace


def _days(rule: Rule, came: datetime, zone: ZoneInfo) -> int:
    """Return how many days have begun since a rule's end, each as long as the clock says."""
    end, came = rule.due.astimezone(UTC) + rule.grace, came.astimezone(UTC)
    if came <= end:
        return 0
    clock = end.astimezone(zone).replace(tzinfo=None)
    days = max(1, (came - end) // timedelta(days=1))
    while days < MOST_DAYS and came > _instant(clock + timedelta(days=days), zone, last=True):
        days += 1
    return days


def _instant(clock: datetime, zone: ZoneInfo, *, last: bool) -> datetime:
    """Return when a clock shows a time: the last or the first time, where it does so twice."""
    both = [clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return max(both) if last else min(both)


def _moodles(text: str, zone: ZoneInfo) -> datetime | None:
    """Return a time that Moodle wrote, or None. It has no seconds, which is in favour."""
    for form in MOODLE_TIMES:
        try:
            return _instant(datetime.strptime(text.strip(), form), zone, last=False)
        except ValueError:
            continue
    return None


def read_deadlines(path: Path, assignments: Collection[str]) -> Deadlines:
    """Read the deadlines of a class.

    Parameters
    ----------
    path : Path
        The file, in TOML.
    assignments : collection of str
        The names of all assignments.

    Raises
    ------
    ValueError
        If it cannot be read, or says what it cannot mean: the message names the key and its value.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ValueError(f"{path}: {problem}") from None
    except OSError as problem:
        raise ValueError(f"{path}: the deadlines cannot be read: {problem.strerror}") from None
    try:
        return _deadlines(content, assignments)
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def _deadlines(content: dict[str, Any], assignments: Collection[str]) -> Deadlines:
    tables = {key: value for key, value in content.items() if key not in ("zone", "file_times")}
    found = Deadlines(_zone(content.get("zone")), _truth("file_times", content))
    for name, section in tables.items():
        if name not in assignments:
            raise ValueError(f"{name} is no assignment; there are {', '.join(assignments)}")
        own = dict(_table(name, section))
        exceptions, came = own.pop("exceptions", {}), own.pop("came", {})
        rule = _rule(name, own, None, found.zone)
        found.rules[name] = rule
        for student, other in _table(f"{name}.exceptions", exceptions).items():
            where = f'{name}.exceptions."{student}"'
            found.exceptions[name, student] = _rule(where, _table(where, other), rule, found.zone)
        for student, time in _table(f"{name}.came", came).items():
            found.came[name, student] = _time(f'{name}.came."{student}"', time, found.zone, False)
    return found


def _rule(where: str, given: Mapping[str, Any], usual: Rule | None, zone: ZoneInfo) -> Rule:
    """Return what a table says; what it does not say is as usual."""
    known = ["due", "grace_minutes", "points_per_day", "at_most"]
    known += ["reason"] if usual else ["exceptions", "came"]
    if unknown := [key for key in given if key not in known]:
        raise ValueError(f"{where}.{unknown[0]} is no key; there are {', '.join(known)}")
    if usual is None and "due" not in given:
        raise ValueError(f"{where} has no key due")
    rule = usual or Rule(datetime.now(UTC))
    if "due" in given:
        rule = replace(rule, due=_time(f"{where}.due", given["due"], zone, True))
    if "grace_minutes" in given:
        rule = replace(rule, grace=timedelta(minutes=_number(where, "grace_minutes", given)))
    if "points_per_day" in given:
        rule = replace(rule, per_day=_number(where, "points_per_day", given))
    if "at_most" in given:
        rule = replace(rule, at_most=_number(where, "at_most", given))
    reason = given.get("reason", "")
    if not isinstance(reason, str):
        raise ValueError(f"{where}.reason is {reason!r}, and not a text")
    return replace(rule, reason=reason)


def _table(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {value!r}, and not a table")
    return value


def _zone(value: object) -> ZoneInfo:
    if value is None:
        raise ValueError(
            'there is no key zone; it says where the times are: zone = "Europe/Berlin"'
        )
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"zone is {value!r}, and no time zone such as Europe/Berlin") from None


def _truth(key: str, given: Mapping[str, Any]) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"{key} is {value!r}, and neither true nor false")
    return value


def _number(where: str, key: str, given: Mapping[str, Any]) -> float:
    value = given[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise ValueError(f"{where}.{key} is {value!r}, and not a number from 0 on")
    return float(value)


def _time(where: str, value: object, zone: ZoneInfo, last: bool) -> datetime:
    """Return a time; where a clock shows it twice, the last or the first."""
    if not isinstance(value, datetime):
        raise ValueError(f"{where} is {value}, and not a date with a time: 2026-11-06 23:59:00")
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    time = _instant(value, zone, last=last)
    if time.astimezone(zone).replace(tzinfo=None) != value:
        raise ValueError(f"{where} is {value}: clocks in {zone} skip that time")
    return time
