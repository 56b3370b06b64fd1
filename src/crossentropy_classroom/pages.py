"""Pages for the teacher: one file each, which asks nothing of any host and runs nothing."""

from __future__ import annotations

from html import escape

__all__ = ["page"]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #1a1a1a; --page: #fff; --quiet: #595959;
  --line: #ccc; --well: #f4f4f4; --blue: #0072b2; --red: #d55e00; --mark: #fce08a; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #e6e6e6; --page: #16181b; --quiet: #a8a8a8; --line: #4a4d52; --well: #22252a;
    --blue: #56b4e9; --red: #ff9d5c; --mark: #5c4a00; }}
}}
body {{ max-width: {width}; margin: 2rem auto; padding: 0 1rem; color: var(--text);
  background: var(--page); font: 1rem/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }}
h1, h2, h3 {{ line-height: 1.25; overflow-wrap: anywhere; }}
h2 {{ margin-top: 3rem; }}
.quiet {{ color: var(--quiet); }}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def page(title: str, style: str, body: str, width: str = "46rem") -> str:
    """Return a page.

    Parameters
    ----------
    title : str
        Its title, as text.
    style : str
        CSS of its own, besides that of all pages.
    body : str
        What stands below the title, as HTML.
    width : str, optional
        How wide it is at most.
    """
    return PAGE.format(title=escape(title), style=style, body=body, width=width)
