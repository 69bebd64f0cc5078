"""The use cases: check, screen, measure, compare, explain, plan, report, and the built-in case.

Knows: which stage follows which; the only room that does. Must not know: algorithms, the terminal, HTTP.

A name is imported when it is first asked for: the first page needs neither the finder of hairs nor SciPy, which take
longer to load than all the rest. The imports below are what a type checker reads and where names are looked up.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hairwise.care.phrases import INTENDED_USE
    from hairwise.care.questions import FIRST as FIRST_QUESTIONS
    from hairwise.care.questions import form_from_answers, told_in_words
    from hairwise.errors import Refused
    from hairwise.flags import meaning, what_to_do
    from hairwise.records.answers import Answers
    from hairwise.records.base import ZONE_LABELS
    from hairwise.records.diary import Day, Diary, Style
    from hairwise.records.files import HairsFile, PairFile
    from hairwise.records.parse import refusal_of_request
    from hairwise.records.verdicts import Check, Plan, Screen, Why
    from hairwise.records.vignette import Vignette
    from hairwise.report.evidence_words import dose_text, evidence_text, grade, products_text
    from hairwise.report.experiment_words import EXPERIMENT_NAMES, experiment_text
    from hairwise.report.labels import (
        CAUSE_NAMES,
        CAUSE_STATES,
        CHECK_STATES,
        EVENT_NAMES,
        LOSS_STATES,
        MAY_NEEDLE,
        METHOD_NAMES,
        NO_ODDS,
        REAL_LOSS,
        dated,
        fate_counts,
        of_ten,
        span_words,
        urgency_words,
    )
    from hairwise.report.lines import reasons
    from hairwise.report.lines import wrap as wrapped
    from hairwise.report.photo_words import (
        change_line,
        contrast_line,
        count_line,
        flag_lines,
        move_line,
        scale_lines,
        two_photos_line,
    )
    from hairwise.report.series_words import series_text
    from hairwise.report.today_words import cause_sentence, tie_sentence, weight_words
    from hairwise.report.vega import forget_drawn
    from hairwise.report.whose import OLD_DIARY_DAYS
    from hairwise.report.words import excess_is_told, excess_sentence, hairs_text, pair_text, why_text
    from hairwise.store.readings import marks, remove_mark
    from hairwise.workflow.album import (
        PhotoCard,
        SpotCard,
        about_photo,
        add_mark,
        add_spot,
        give_scale,
        hairs_kept,
        head_photos,
        is_marked,
        new_on_first,
        pair_kept,
        pair_summary,
        photo_card,
        spot_card,
        spot_cards,
        turned_view,
        view_of,
    )
    from hairwise.workflow.copies import (
        Copy,
        Kept,
        copies_kept,
        delete_copy,
        passing_room,
        restore_copy,
        restore_folder,
        what_is_kept,
    )
    from hairwise.workflow.demo import DEMO_STEPS, DemoResult, demo_case, demo_text
    from hairwise.workflow.experiment import (
        analyse_experiment,
        propose_experiment,
        read_protocol,
        refused_experiment,
        register_experiment,
    )
    from hairwise.workflow.files import dump, read_bytes
    from hairwise.workflow.handover import fhir_file, fhir_kept
    from hairwise.workflow.keep import (
        add_entries,
        add_entry,
        add_photo,
        bring_entry_back,
        change_entry,
        data_folder,
        delete_entry,
        delete_everything,
        diary_kept,
        event_kinds,
        keep_diary,
        open_store,
        row_of_entry,
    )
    from hairwise.workflow.knowledge import (
        SEASON,
        all_evidence,
        dose_of,
        find_evidence,
        known_devices,
        products,
        vignettes,
    )
    from hairwise.workflow.log import (
        bring_entries_back,
        change_entries,
        delete_entries,
        form_of_log,
        kept_exactly,
        log_deleted,
        log_page,
        red_flags,
        told_already,
        told_together,
    )
    from hairwise.workflow.measured import measured_contrasts, measured_densities
    from hairwise.workflow.person import (
        answers_from_form,
        check,
        explain,
        plan,
        questions,
        read_answers,
        read_diary,
        refused_file,
        screen,
        starting_diary,
    )
    from hairwise.workflow.phantoms import simulate_diary, simulate_photo, simulate_series
    from hairwise.workflow.photos import (
        Measured,
        compare_photos,
        hairs_csv,
        measure_photo,
        pair_stem,
        refused_hairs,
        refused_pair,
    )
    from hairwise.workflow.pictures import pair_pictures
    from hairwise.workflow.scales import profiles, read_scale, ring_sheet, save_profile, scale_hints, scale_text
    from hairwise.workflow.schema import schemas
    from hairwise.workflow.spots import n_steps
    from hairwise.workflow.standing import Standing, experiments_now, stand
    from hairwise.workflow.takeout import back_up, export_data, import_data, kept_text, restore_data
    from hairwise.workflow.telling import (
        Told,
        hairs_picture,
        pair_picture,
        photo_reader,
        report_pdf,
        report_png,
        report_words,
        tell,
        tell_answers,
        tell_kept,
        tell_without_photos,
    )
    from hairwise.workflow.timeline import (
        CHART_WIDTHS,
        KeptTimeline,
        chart_program,
        chart_svg,
        kept_timeline,
        warm_charts,
    )
    from hairwise.workflow.visits import n_series_steps, refused_series, series
    from hairwise.workflow.waiting import get_job, next_job, put_job_back, resume_jobs
    from hairwise.workflow.words import check_text, plan_text, question_labels, screen_text
    from hairwise.workflow.work import Hand, ask_for, followed, spot_series

__all__ = [
    "Answers", "CAUSE_NAMES", "CAUSE_STATES", "CHART_WIDTHS", "CHECK_STATES", "Check", "Copy", "DEMO_STEPS", "Day",
    "DemoResult", "Diary", "EVENT_NAMES", "EXPERIMENT_NAMES", "FIRST_QUESTIONS", "HairsFile", "Hand", "INTENDED_USE",
    "Kept", "KeptTimeline", "LOSS_STATES", "MAY_NEEDLE", "METHOD_NAMES", "Measured", "NO_ODDS", "OLD_DIARY_DAYS",
    "PairFile", "PhotoCard", "Plan", "REAL_LOSS", "Refused", "SEASON", "Screen", "SpotCard", "Standing", "Style",
    "Told", "Vignette", "Why", "ZONE_LABELS", "about_photo", "add_entries", "add_entry", "add_mark", "add_photo",
    "add_spot", "all_evidence", "analyse_experiment", "answers_from_form", "ask_for", "back_up", "bring_entries_back",
    "bring_entry_back", "cause_sentence", "change_entries", "change_entry", "change_line", "chart_program", "chart_svg",
    "check", "check_text", "compare_photos", "contrast_line", "copies_kept", "count_line", "data_folder", "dated",
    "delete_copy", "delete_entries", "delete_entry", "delete_everything", "demo_case", "demo_text", "diary_kept",
    "dose_of", "dose_text", "dump", "event_kinds", "evidence_text", "excess_is_told", "excess_sentence",
    "experiment_text", "experiments_now", "explain", "export_data", "fate_counts", "fhir_file", "fhir_kept",
    "find_evidence", "flag_lines", "followed", "forget_drawn", "form_from_answers", "form_of_log", "get_job",
    "give_scale", "grade", "hairs_csv", "hairs_kept", "hairs_picture", "hairs_text", "head_photos", "import_data",
    "is_marked", "keep_diary", "kept_exactly", "kept_text", "kept_timeline", "known_devices", "load_all", "log_deleted",
    "log_page", "marks", "meaning", "measure_photo", "measured_contrasts", "measured_densities", "move_line",
    "n_series_steps", "n_steps", "new_on_first", "next_job", "of_ten", "open_store", "pair_kept", "pair_picture",
    "pair_pictures", "pair_stem", "pair_summary", "pair_text", "passing_room", "photo_card", "photo_reader", "plan",
    "plan_text", "products", "products_text", "profiles", "propose_experiment", "put_job_back", "question_labels",
    "questions", "read_answers", "read_bytes", "read_diary", "read_protocol", "read_scale", "reasons", "red_flags",
    "refusal_of_request", "refused_experiment", "refused_file", "refused_hairs", "refused_pair", "refused_series",
    "register_experiment", "remove_mark", "report_pdf", "report_png", "report_words", "restore_copy", "restore_data",
    "restore_folder", "resume_jobs", "ring_sheet", "row_of_entry", "save_profile", "scale_hints", "scale_lines",
    "scale_text", "schemas", "screen", "screen_text", "series", "series_text", "simulate_diary", "simulate_photo",
    "simulate_series", "span_words", "spot_card", "spot_cards", "spot_series", "stand", "starting_diary", "tell",
    "tell_answers", "tell_kept", "tell_without_photos", "tie_sentence", "told_already", "told_in_words",
    "told_together", "turned_view", "two_photos_line", "urgency_words", "view_of", "vignettes", "warm_charts",
    "weight_words", "what_is_kept", "what_to_do", "why_text", "wrapped",
]  # fmt: skip


@cache
def _homes() -> dict[str, tuple[str, str]]:
    """Return module and name that each name above comes from."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {n.asname or n.name: (node.module, n.name) for node in froms for n in node.names if node.module}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, its_name = _homes()[name]
    value = globals()[name] = getattr(import_module(module), its_name)
    return value


def load_all() -> None:
    """Import every name now, so that nobody waits for it later."""
    for name in __all__:
        getattr(import_module(__name__), name)
