"""Rosters as Canvas and Moodle export them, of one class whose names are hard to keep.

Canvas's columns and rows are those of its own exporter (``lib/gradebook_exporter.rb`` in
https://github.com/instructure/canvas-lms), Moodle's those of its grading worksheet
(``mod/assign/feedback/offline``, https://github.com/moodle/moodle) and of its export of grades
(``grade/export/txt``, and https://docs.moodle.org/en/Grade_export).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from classroom.made import NAME

# Two of one name, an umlaut, a comma in a name, an apostrophe, and names like formulas.
CANVAS = f'''\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (901),{NAME} (902),Current Score,\
Final Score (2026)
,,,,,Manual Posting,,,
    Points Possible,,,,,100.00,20.00,(read only),(read only)
"Lee, Kim",11,S11,kim.lee,A and B,70.00,,70,3
"Lee, Kim",12,S12,klee2,B,,,,
"Müller, Zoë",13,S13,zmueller,"B, evening",N/A,,,
"O'Brien, jr., Sean",14,S14,sean@example.org,B,EX,19,,
-rf,15,,minus,B,,,,
"=""=1+1""",16,,equals,B,,,,
"Ferrer, Ana",17,S17,ana,B,,,,
"Student, Test",18,,f3b1,B,,,,
'''

WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 311","Kim Lee",kim.lee@example.org,"Submitted for grading",,20.00,Yes,\
"Friday, 6 November 2026, 11:59 PM",-,
"Participant 312","Kim Lee",klee2@example.org,"Submitted for grading",,20.00,Yes,\
"Saturday, 7 November 2026, 12:20 AM",-,
"Participant 313","Zoë Müller",zmueller@example.org,"No submission",,20.00,Yes,-,-,
"Participant 314","Sean O'Brien, jr.",sean@example.org,"No submission",7.00,20.00,Yes,-,-,Old.
"Participant 315",-rf,minus@example.org,"No submission",,20.00,Yes,-,-,
"Participant 316",=1+1,equals@example.org,"No submission",,20.00,Yes,-,-,
"Participant 317","Ana Ferrer",ana@example.org,"No submission",,20.00,Yes,-,-,
"""

MOODLE = f"""\
"First name","Last name","ID number",Institution,Department,"Email address",\
"Assignment: Essay (Real)","Assignment: {NAME} (Real)","Assignment: {NAME} (Feedback)",\
"Course total (Real)","Last downloaded from this course"
Kim,Lee,S11,,,kim.lee@example.org,-,-,,-,1795000000
Kim,Lee,S12,,,klee2@example.org,-,-,,-,1795000000
Zoë,Müller,S13,,,zmueller@example.org,-,-,,-,1795000000
Sean,"O'Brien, jr.",S14,,,sean@example.org,-,7.00,Old.,-,1795000000
-rf,,S15,,,minus@example.org,-,-,,-,1795000000
=1+1,,S16,,,equals@example.org,-,-,,-,1795000000
Ana,Ferrer,S17,,,ana@example.org,-,-,,-,1795000000
"""


def rows(text: str) -> list[list[str]]:
    """Return the cells of a table."""
    return [*csv.reader(io.StringIO(text, newline=""))]


def columns(table: Sequence[Sequence[str]], *names: str) -> list[list[str]]:
    """Return some columns of a table, without their names."""
    places = [table[0].index(name) for name in names]
    return [[row[place] for place in places] for row in table[1:]]
