"""What people come for, from the first page on, on a phone and at a desk, with and without script."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import contextmanager

import opened as real
import pytest
from shown_pages import PAGES, answer, go, put, send, show

WAYS = pytest.mark.parametrize(
    ("width", "script"), [(390, True), (1280, True), (390, False)], ids=["phone", "desk", "no-script"]
)
MOST_TAPS = 25  # from the first page to a first answer
FEW_TAPS = 8  # by the short way, which asks the red flags, the loss and whether one rolled


@contextmanager
def journey(browser, base, width, script=True):
    with real.opened(browser, base, width=width, script=script) as (page, seen):
        yield page
        assert seen.asked, "nothing was asked for: is the browser being watched?"
        assert seen.wrong() == []


def main_text(page):
    return " ".join(page.locator("main").inner_text().split())


def write_count(page, hairs):
    page.goto("/log/count")
    put(page, "method", "wash")
    put(page, "count", hairs)
    send(page)


@WAYS
def test_a_first_visit_ends_in_an_answer_within_a_few_taps(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/")
        go(page, page.locator('main a[href="/check"]').first)
        taps = 2 + page.locator('input[name^="none."]').count()
        answer(page)
        assert page.locator("#now").is_visible()
        assert taps <= MOST_TAPS


@WAYS
def test_the_short_way_weighs_causes_after_a_handful_of_taps(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/")
        taps = (
            'main a[href="/check"]', 'input[name="none.body"]', 'input[name="none.scalp"]',
            'input[name="loss.noticed"][value="yes"]', 'input[name="started"][value="true"]', "#short",
        )  # fmt: skip
        for tap in taps:
            page.locator(tap).first.click()
        page.locator("#now").wait_for()
        page.get_by_role("heading", name="Possible causes").wait_for()
        assert len(taps) <= FEW_TAPS


@WAYS
def test_who_left_out_the_loss_is_asked_for_it_and_keeps_the_rest(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/check")
        page.locator('input[name="none.body"]').check()
        go(page, page.locator("#short"))
        go(page, page.get_by_role("button", name="Say whether more hair falls"))
        assert page.locator("#q-loss").is_visible()
        put(page, "loss.noticed", "yes")
        go(page, page.locator("#short"))
        assert page.get_by_role("heading", name="Possible causes").is_visible()
        assert page.get_by_role("button", name="Say whether more hair falls").count() == 0


@WAYS
def test_a_red_flag_comes_first(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/check")
        put(page, "findings.breathing_trouble", "yes")
        send(page)
        first = page.locator("main section").first
        assert "urgent" in first.get_attribute("class")
        assert "emergency" in first.inner_text().lower()


@WAYS
def test_a_log_is_kept_mended_deleted_and_brought_back(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        write_count(page, "41")
        page.goto("/log")
        assert "41" in main_text(page)
        go(page, page.locator('main a[href^="/entry/"]').first)
        assert page.locator('input[name="count"]').input_value() == "41"
        put(page, "count", "44")
        send(page)
        page.goto("/log")
        assert "44" in main_text(page)
        assert "41" not in main_text(page)
        go(page, page.locator('form[action$="/delete"] button').first)
        go(page, page.locator('form[action$="/undo"] button').first)
        page.goto("/log")
        assert "44" in main_text(page)
        page.goto("/deleted")
        assert page.locator('form[action$="/undo"]').count() == 0


@WAYS
def test_a_session_is_written_down_and_today_answers(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/log/session")
        put(page, "zone", "front")
        put(page, "needle_mm", "0.5")
        send(page)
        page.goto("/log")
        assert re.search(r"session", main_text(page), re.IGNORECASE)
        assert page.locator('main a[href^="/entry/"]').count() == 1
        write_count(page, "41")
        page.goto("/today")
        page.locator("#next").wait_for()


@WAYS
def test_what_is_missing_is_said_and_nothing_typed_is_lost(browser, own_base, width, script):
    with real.opened(browser, own_base, width=width, script=script) as (page, seen):
        seen.expected = {422}
        page.goto("/log/count")
        put(page, "method", "comb60")
        page.locator('input[name="count"]').evaluate("e => { e.form.noValidate = true; }")  # as an old browser does
        send(page)
        assert "left open" in page.locator('[role="alert"]').inner_text()
        assert page.locator('input[value="comb60"]').is_checked()
        page.goto("/log")
        assert page.locator('main a[href^="/entry/"]').count() == 0
        assert seen.wrong() == []


@WAYS
def test_everything_is_taken_along_and_then_deleted_only_when_sure(browser, own_base, width, script, tmp_path):
    with journey(browser, own_base, width, script) as page:
        write_count(page, "41")
        page.goto("/data")
        with page.expect_download() as arrived:
            page.locator('form[action="/data/export"] button').click()
        file = tmp_path / arrived.value.suggested_filename
        arrived.value.save_as(file)
        with zipfile.ZipFile(file) as held:
            assert held.testzip() is None
            assert 41 in [e["body"].get("count") for e in json.loads(held.read("data.json"))["entry"]]
    with real.opened(browser, own_base, width=width, script=script) as (page, seen):
        seen.expected = {422}
        for word, left in (("no", 1), ("delete", 0)):
            page.goto("/data")
            put(page, "sure", word)
            go(page, page.locator('form[action="/data/delete"] button'))
            page.goto("/log")
            assert page.locator('main a[href^="/entry/"]').count() == left
        assert seen.wrong() == []


@WAYS
def test_the_worked_case_is_entered_and_left(browser, own_base, width, script):
    with journey(browser, own_base, width, script) as page:
        page.goto("/")
        go(page, page.locator('main a[href="/demo"]').first)
        page.locator('a[href="/demo/case.pdf"]').first.wait_for()  # the waiting page opens the case by itself
        picture = page.locator("main img").first
        assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 100  # it comes after its page
        go(page, page.locator('main a[href="/check"]').first)
        page.locator('input[name^="none."]').first.wait_for()


def test_the_timer_of_a_zone_runs(browser, own_base):
    with journey(browser, own_base, 390) as page:
        show(page, next(s for s in PAGES if s.name == "guide-steps"))
        page.get_by_role("button", name="Start timer").first.click()
        assert re.search(r"\d+ s", page.get_by_role("timer").first.inner_text())
