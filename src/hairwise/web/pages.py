"""Templates with their common words.

Knows: which words every template may use. Must not know: addresses, stages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from hairwise import workflow
from hairwise.web import views
from hairwise.web.assets import static
from hairwise.web.navigation import navigation
from hairwise.web.words import Words, read_words

if TYPE_CHECKING:
    from datetime import date

    from hairwise.errors import Refused

__all__ = ["POLICY", "Pages"]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    "; manifest-src 'self'; worker-src 'self'"
)


class Pages:
    """Templates with their common words."""

    def __init__(self, intended_use: str, language: str = "en") -> None:
        words = read_words(language)
        self._env = Environment(
            loader=PackageLoader("hairwise.web"),
            extensions=[Words],
            finalize=(lambda told: words.get(told, told) if isinstance(told, str) else told) if words else None,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.words = words  # type: ignore[attr-defined]
        self._env.filters["dated"] = workflow.dated
        self._env.globals.update(
            source_words=views.source_words,
            cited=views.cited,
            weight_words=workflow.weight_words,
            of_ten=workflow.of_ten,
            excess_words=workflow.excess_sentence,
            excess_is_told=workflow.excess_is_told,
            reasons=workflow.reasons,
            grade=workflow.grade,
            is_locked=views.is_locked,
            urgency_words=workflow.urgency_words,
            day_words=workflow.dated,
            span_words=workflow.span_words,
            count_line=workflow.count_line,
            change_line=workflow.change_line,
            contrast_line=workflow.contrast_line,
            flag_lines=workflow.flag_lines,
            move_line=workflow.move_line,
            scale_lines=workflow.scale_lines,
            two_photos_line=workflow.two_photos_line,
            loss_states=workflow.LOSS_STATES,
            real_loss=workflow.REAL_LOSS,
            no_odds=workflow.NO_ODDS,
            cause_words=workflow.cause_sentence,
            tie_words=workflow.tie_sentence,
            check_states=workflow.CHECK_STATES,
            may_needle=workflow.MAY_NEEDLE,
            cause_names=workflow.CAUSE_NAMES,
            intended_use=intended_use,
            language="en-GB" if not words else language,
            static=static,
            token="",
            navigation=lambda: navigation(frozenset()),
        )

    def share(self, token: str, paths: frozenset[str]) -> None:
        """Tell every template the guard's token, and which pages there are to be linked."""
        self._env.globals.update(token=token, navigation=lambda: navigation(paths))

    def page(self, name: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a template; one that names ``scripts`` may run those, and ask this machine for more."""
        page = HTMLResponse(self._env.get_template(name).render(**{"scripts": (), **context}), status)
        if context.get("scripts"):
            page.headers["Content-Security-Policy"] = f"{POLICY}; script-src 'self'; connect-src 'self'"
        return page

    def form(
        self,
        goal: str,
        form: dict[str, list[str]],
        today: date,
        problem: Refused | None = None,
        *,
        from_log: bool = False,
    ) -> HTMLResponse:
        """Render the questions; ``goal`` is what they are answered for: check, screening, plan or guide."""
        return self.page(
            "check.html",
            200 if problem is None else 422,
            questions=workflow.questions(),
            first=workflow.FIRST_QUESTIONS,
            form=form,
            problem=problem,
            today=today.isoformat(),
            goal=goal,
            from_log=from_log,
        )

    def error(self, status: int, why: str, do: str) -> HTMLResponse:
        """Render the one error page."""
        return self.page("error.html", status, code=status, why=why, do=do)
