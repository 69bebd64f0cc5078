"""The use cases: check, screen, measure, compare, explain, plan, report, and the built-in case.

Knows: which stage follows which; the only room that does. Must not know: algorithms, the terminal, HTTP.
"""

from hairwise.care.phrases import INTENDED_USE
from hairwise.care.questions import ZONE_LABELS
from hairwise.errors import Refused
from hairwise.records.answers import Answers
from hairwise.records.verdicts import Check, Plan, Screen, Why
from hairwise.records.vignette import Vignette
from hairwise.report.evidence_words import dose_text, evidence_text, grade, products_text
from hairwise.report.experiment_words import experiment_text
from hairwise.report.labels import (
    CAUSE_NAMES,
    CAUSE_STATES,
    CHECK_STATES,
    LOSS_STATES,
    MAY_NEEDLE,
    of_ten,
    urgency_words,
)
from hairwise.report.lines import reasons
from hairwise.report.series_words import series_text
from hairwise.report.words import excess_sentence, hairs_text, pair_text, why_text
from hairwise.workflow.demo import DEMO_STEPS, DemoResult, demo_case, demo_text
from hairwise.workflow.experiment import (
    analyse_experiment,
    propose_experiment,
    read_protocol,
    refused_experiment,
    register_experiment,
)
from hairwise.workflow.files import dump, read_bytes
from hairwise.workflow.keep import (
    add_entries,
    add_entry,
    add_photo,
    back_up,
    bring_entry_back,
    change_entry,
    delete_entry,
    delete_everything,
    diary_kept,
    event_kinds,
    export_data,
    import_data,
    keep_diary,
    kept_text,
    open_store,
    restore_data,
)
from hairwise.workflow.knowledge import all_evidence, dose_of, find_evidence, known_devices, products, vignettes
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
from hairwise.workflow.scales import profiles, read_scale, ring_sheet, save_profile, scale_hints, scale_text
from hairwise.workflow.schema import schemas
from hairwise.workflow.series import n_series_steps, refused_series, series
from hairwise.workflow.spots import n_steps
from hairwise.workflow.telling import (
    Told,
    hairs_picture,
    pair_picture,
    photo_reader,
    report_pdf,
    tell,
    tell_answers,
    tell_without_photos,
)
from hairwise.workflow.words import check_text, plan_text, question_labels, screen_text

__all__ = [
    "CAUSE_NAMES",
    "CAUSE_STATES",
    "CHECK_STATES",
    "INTENDED_USE",
    "ZONE_LABELS",
    "LOSS_STATES",
    "MAY_NEEDLE",
    "urgency_words",
    "of_ten",
    "DEMO_STEPS",
    "Answers",
    "Check",
    "DemoResult",
    "Measured",
    "Plan",
    "Refused",
    "Screen",
    "Told",
    "Vignette",
    "Why",
    "add_entries",
    "add_entry",
    "event_kinds",
    "add_photo",
    "back_up",
    "bring_entry_back",
    "delete_entry",
    "delete_everything",
    "change_entry",
    "diary_kept",
    "export_data",
    "import_data",
    "keep_diary",
    "kept_text",
    "open_store",
    "restore_data",
    "all_evidence",
    "analyse_experiment",
    "answers_from_form",
    "check",
    "check_text",
    "compare_photos",
    "demo_case",
    "demo_text",
    "dose_of",
    "dose_text",
    "dump",
    "evidence_text",
    "excess_sentence",
    "experiment_text",
    "explain",
    "find_evidence",
    "grade",
    "hairs_csv",
    "hairs_picture",
    "hairs_text",
    "known_devices",
    "measure_photo",
    "n_series_steps",
    "n_steps",
    "pair_picture",
    "pair_stem",
    "pair_text",
    "photo_reader",
    "plan",
    "plan_text",
    "products",
    "profiles",
    "propose_experiment",
    "products_text",
    "question_labels",
    "questions",
    "read_answers",
    "reasons",
    "read_bytes",
    "read_diary",
    "read_protocol",
    "read_scale",
    "refused_experiment",
    "refused_file",
    "refused_hairs",
    "refused_pair",
    "refused_series",
    "register_experiment",
    "report_pdf",
    "ring_sheet",
    "save_profile",
    "scale_hints",
    "scale_text",
    "schemas",
    "screen",
    "screen_text",
    "series",
    "series_text",
    "simulate_diary",
    "simulate_photo",
    "simulate_series",
    "starting_diary",
    "tell",
    "tell_answers",
    "tell_without_photos",
    "vignettes",
    "why_text",
]
