"""Every page of the list in a real browser: for everyone, light and dark, wide and narrow, asking no other host."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import opened as real
import pytest
from shown_pages import PAGES, show

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
BY_LIGHT = ("color-contrast", "link-in-text-block", "target-size")  # what a second light and width can change
NARROWEST = 320  # 1280 px at 400 %, which WCAG 1.4.10 asks for
REACHABLE = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex='0']";
  const links = [...document.querySelectorAll("main a[href]")].filter((e) => e.tabIndex >= 0);
  const elsewhere = new Set(links.map((e) => e.getAttribute("href")));  // a mark in a picture that a table names too
  const ways = new Map();  // a group of radio buttons is one stop
  for (const e of document.querySelectorAll(wanted)) {
    if (e.disabled || !e.checkVisibility({visibilityProperty: true})) continue;
    if (e.tabIndex < 0 && elsewhere.has(e.href?.baseVal ?? e.getAttribute("href"))) continue;
    ways.set(e.type === "radio" ? `${e.form?.action} ${e.name}` : e, e);
  }
  window.seenByKeyboard = [];
  document.addEventListener("focusin", (event) => {
    const style = getComputedStyle(event.target);
    const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    window.seenByKeyboard.push({at: event.target, drawn});
  });
  window.toReach = ways;
  const whole = 8;  // past the end and on to a field in which the page put the cursor
  return whole + ways.size + 3 * document.querySelectorAll("input[type=date], input[type=time]").length;
}"""
REACHED = """() => {
  const key = (e) => e.type === "radio" ? `${e.form?.action} ${e.name}` : e;
  const reached = new Set(window.seenByKeyboard.map((s) => key(s.at)));
  const told = (e) => e.outerHTML.slice(0, 120);
  return {
    missed: [...window.toReach].filter(([k]) => !reached.has(k)).map(([, e]) => told(e)),
    unseen: window.seenByKeyboard.filter((s) => !s.drawn).map((s) => told(s.at)),
  };
}"""
SIDEWAYS = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"

every_page = pytest.mark.parametrize("shown", PAGES, ids=[s.name for s in PAGES])


def broken_rules(page, options):
    """Return axe's violations, each with the first place of it; all of the page is in sight, so no bar hides a part."""
    tall = page.evaluate("() => Math.ceil(document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": tall})
    page.evaluate(AXE)
    told = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **options})
    return [
        f"{v['id']}: {v['help']}; {len(v['nodes'])} places, first {v['nodes'][0]['html'][:160]}"
        for v in told["violations"]
    ]


def headings(page):
    return [" ".join(text.split()) for text in page.locator("h1, main h2").all_inner_texts()]


@every_page
def test_a_page_is_for_everyone_on_a_phone_and_says_the_same_without_script(browser, bases, shown):
    with real.opened(browser, bases[shown.log]) as (page, seen):
        seen.expected = {shown.status}
        show(page, shown)
        told = headings(page)
        assert page.locator("h1").count() == 1
        assert page.evaluate(SIDEWAYS) == 0
        assert page.evaluate("() => document.getAnimations().length") == 0  # less motion was asked for
        rules = {"target-size": {"enabled": True}}
        assert broken_rules(page, {"runOnly": list(WCAG), "rules": rules}) == []
        assert seen.wrong() == []
    with real.opened(browser, bases[shown.log], script=False) as (page, seen):
        seen.expected = {shown.status}
        show(page, shown)
        assert set(told) <= set(headings(page))
        assert seen.wrong() == []


@every_page
def test_a_page_works_in_the_dark_on_a_desk_and_by_keyboard(browser, bases, shown):
    with real.opened(browser, bases[shown.log], width=1280, scheme="dark") as (page, seen):
        seen.expected = {shown.status}
        show(page, shown)
        assert page.evaluate(SIDEWAYS) == 0
        assert broken_rules(page, {"runOnly": {"type": "rule", "values": list(BY_LIGHT)}}) == []
        for _ in range(page.evaluate(REACHABLE)):
            page.keyboard.press("Tab")
        assert page.evaluate(REACHED) == {"missed": [], "unseen": []}
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        assert page.evaluate(SIDEWAYS) == 0
        assert seen.wrong() == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ('<img src="http://example.org/x.png" alt="x">', "asked http://example.org/x.png"),
        ("<script>1</script>", "Content Security Policy"),
        ('<img src="/static/none.png" alt="x">', "404 for"),
    ],
)
def test_what_a_page_must_not_do_is_seen(browser, bases, bad, words):
    with real.opened(browser, bases["empty"]) as (page, seen):
        page.route("**/deleted", lambda route: _with(route, bad))
        page.goto("/deleted")
        assert any(words in line for line in seen.wrong()), seen.wrong()


def _with(route, bad):
    reply = route.fetch()
    route.fulfill(response=reply, body=reply.text().replace("</main>", f"{bad}</main>"))


@pytest.mark.parametrize(("bad", "rule"), [("<input>", "label"), ('<p id="x">pale words</p>', "color-contrast")])
def test_what_keeps_people_out_is_seen(browser, bases, bad, rule):
    with real.opened(browser, bases["empty"]) as (page, _):
        page.goto("/deleted")
        page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", bad)
        page.evaluate("() => { const x = document.getElementById('x'); if (x) x.style.color = '#bbb'; }")
        assert [line.split(":")[0] for line in broken_rules(page, {"runOnly": list(WCAG)})] == [rule]


def test_what_the_keyboard_misses_is_seen(browser, bases):
    with real.opened(browser, bases["empty"]) as (page, _):
        page.goto("/deleted")
        page.evaluate("() => document.querySelector('main a').setAttribute('tabindex', '-1')")  # no other leads there
        for _ in range(page.evaluate(REACHABLE)):
            page.keyboard.press("Tab")
        assert len(page.evaluate(REACHED)["missed"]) == 1
