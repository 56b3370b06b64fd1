"""Faults of the theme, of docutils and of sphinx-thebe, mended as the pages are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy_book.assets import drop_files
from crossentropy_book.icons import without_icon_script

__all__ = ["setup"]

# How thebe would start a kernel for a page.
_THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>\s*',
    re.DOTALL,
)

# How the theme lets the keyboard reach what scrolls.
_BY_TURNS = re.compile(
    r"(document\.querySelectorAll\(\[[^\]]*\]\.join\(\", \"\)\))\.forEach\(\(e=>\{e\.tabIndex="
    r"(e\.scrollWidth>e\.clientWidth\|\|e\.scrollHeight>e\.clientHeight)\?0:-1\}\)\)"
)
_AT_ONCE = (
    r"Array.from(\1).filter((e=>e.checkVisibility())).map((e=>[e,\2?0:-1]))"
    r".forEach((([e,t])=>{e.tabIndex=t}))"
)


def _drop_thebe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take thebe's script off a book without launch buttons: it throws, and needs a server."""
    launch_buttons = (app.config.html_theme_options or {}).get("launch_buttons") or {}
    if not launch_buttons.get("thebe"):
        for kind in ("script_files", "css_files"):
            drop_files(context, kind, lambda file: "thebe" in file.lower())
        context["body"] = _THEBE.sub("", context.get("body", ""))


def _mend_roles(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take off the roles that docutils gives citations: they are deprecated, and nest wrongly."""
    if "body" in context:
        body = context["body"].replace(' role="doc-biblioentry"', "")
        context["body"] = body.replace('<div role="list" class="citation-list">', "<div>")


def _keep_code(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Keep code from every browser's translator: docutils marks it by a class of Google's."""
    for part in ("body", "toc"):
        marked = r'(class="[^"]*\bnotranslate")(?! translate)'
        context[part] = re.sub(marked, r'\1 translate="no"', context.get(part, ""))


def _as_landmark(markup: str) -> str:
    """Make the theme's side bar a landmark: a screen reader skips to it, or past it."""
    return markup.replace(
        '<div id="pst-primary-sidebar"',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    )


def _without_viewport(markup: str) -> str:
    """Return a head without its viewport: Sphinx, docutils and the theme each say the same."""
    return re.sub(r'<meta name="viewport"[^>]*>\s*', "", markup)


def _without_mode_script(markup: str) -> str:
    """Return a head without the script that says light or dark: `storage.js` does."""
    return re.sub(r'<script data-cfasync="false">.*?</script>\s*', "", markup, flags=re.DOTALL)


def _drop_page_name(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take off what tells only a switcher of versions which page it is on."""
    if not (app.config.html_theme_options or {}).get("switcher"):
        drop_files(context, "script_files", lambda file: "DOCUMENTATION_OPTIONS.pagename" in file)


def _drop_viewport(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    context["metatags"] = _without_viewport(context.get("metatags", ""))


def _reach_at_once(app: Sphinx, exception: Exception | None) -> None:
    """Let the theme measure no box that is folded, and all others before it says that one scrolls.

    It measures and says by turns, and what is folded is laid out to be measured: that blocks a
    chapter longer than all else.
    """
    script = Path(app.outdir) / "_static" / "scripts" / "pydata-sphinx-theme.js"
    if exception is None and script.exists():
        text = script.read_text("utf-8")
        script.write_text(_BY_TURNS.sub(_AT_ONCE, text), "utf-8")


def _add_filters(app: Sphinx) -> None:
    if app.builder.format == "html":
        filters = app.builder.templates.environment.filters
        filters["without_icon_script"] = without_icon_script
        filters["as_landmark"] = _as_landmark
        filters["without_viewport"] = _without_viewport
        filters["without_mode_script"] = _without_mode_script


def _set_theme(app: Sphinx, config: Config) -> None:
    # The theme reads `default_mode`, and complains in the console where it is missing.
    config.html_context.setdefault("default_mode", "auto")
    # A place for advertisements, which only Read the Docs fills.
    config.html_theme_options.setdefault("primary_sidebar_end", [])
    # The contents of a page would fold and unfold, and what is below move, as the page is read.
    config.html_theme_options.setdefault("show_toc_level", 6)


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, after the extensions that add to them."""
    app.config.templates_path.append(str(Path(__file__).parent / "templates"))
    app.connect("config-inited", _set_theme)
    app.connect("builder-inited", _add_filters)
    app.connect("html-page-context", _drop_thebe, priority=900)
    app.connect("html-page-context", _drop_page_name, priority=900)
    app.connect("html-page-context", _mend_roles)
    app.connect("html-page-context", _drop_viewport)
    app.connect("html-page-context", _keep_code)
    app.connect("build-finished", _reach_at_once)
