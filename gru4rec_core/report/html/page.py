"""How do a comparison's parts become one HTML page that needs nothing else?

Jinja2 escapes every text that the template shows; only the pictures, which `svg` makes, are put in as they are.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from gru4rec_core.evaluation.diagnostic_warning import SEVERITY_WORDS, worst_first
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.seed_outcomes import by_majority
from gru4rec_core.report.frames.session_sample import describe_rule
from gru4rec_core.report.glossary import BASELINE_MEANINGS, OFFLINE_LIMITS, TERMS
from gru4rec_core.report.html import figures, sessions, tables
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.report.html.svg import dark_rules
from gru4rec_core.report.labels import describe_lone_model


def render_report(contents: ReportContents) -> str:
    """The report as HTML: no script, no request; the same for the same contents."""
    testable = contents.models[0].n_events > 0
    models = sessions.shown_models(contents)
    majority = by_majority(models)
    return _template().render(
        contents=contents,
        kind=contents.verdict.label if contents.verdict else "",
        lone_model=describe_lone_model(contents.left_out),
        level=level_text(contents.confidence),
        margin=f"{100 * contents.comparison.config.margin:g} %",
        majority=majority,
        testable=testable,
        square=figures.draw_square(contents),
        ladder=figures.draw_ladder(contents) if testable else None,
        differences=list(figures.draw_differences(contents)),
        curve=figures.draw_curve(contents) if testable else None,
        slices=list(figures.draw_slices(contents)) if testable else [],
        model_table=tables.model_table(contents) if testable else None,
        difference_table=tables.difference_table(contents),
        window_table=tables.window_table(contents),
        slice_table=tables.slice_table(contents) if testable else None,
        category_table=tables.category_table(contents) if testable else None,
        examples=sessions.build_examples(contents) if testable else [],
        rule=describe_rule(len(models)),
        # With one seed there is none to tell apart.
        shown_seed=contents.seed_names[sessions.seed_of_examples(contents)] if testable and majority else "",
        warnings=worst_first(contents.warnings),
        severity_words=SEVERITY_WORDS,
        differing=tables.differing_settings(contents),
        shared=tables.shared_settings(contents),
        terms=[term for term in TERMS if term.meaning not in OFFLINE_LIMITS],  # they have a section of their own
        baselines=[
            (model.label, BASELINE_MEANINGS[model.name]) for model in contents.models if model.name in BASELINE_MEANINGS
        ],
        offline_limits=OFFLINE_LIMITS,
        dark_rules=dark_rules(),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("gru4rec_core.report", "html"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
