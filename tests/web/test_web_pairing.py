"""A phone gets in by a code that works once; everyone else in the network is turned away."""

import asyncio
import hmac
import re

import cv2
import httpx
import numpy as np
import pytest
import segno

from hairwise.errors import Refused
from hairwise.web import door, pair_pages, pairing
from hairwise.web.pairing import CODE_LIFE_S, MAX_PHONES, MAX_WRONG, Pairing, home_address, is_home

HOST = "192.168.1.5:8765"


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self):
        return self.now


class Phone:
    """A client of another address, with the cookies it was given."""

    def __init__(self, app, address="192.168.1.7", base=f"http://{HOST}"):
        self.app, self.address, self.base, self.cookies = app, address, base, httpx.Cookies()

    def __call__(self, method, path, **options):
        async def go():
            way = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(self.address, 5))
            async with httpx.AsyncClient(transport=way, base_url=self.base, cookies=self.cookies) as client:
                answer = await client.request(method, path, **options)
                self.cookies = client.cookies
                return answer

        return asyncio.run(go())

    def get(self, path, **options):
        return self("GET", path, **options)

    def post(self, path, form=None, **options):
        return self("POST", path, data=form or {}, **options)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pair(clock):
    return Pairing("192.168.1.5", 8765, clock)


@pytest.fixture
def computer(make_client, pair, tmp_path):
    return make_client(pairing=pair, data=tmp_path / "data")


@pytest.fixture
def phone(computer):
    return Phone(computer.app)


def key(page):
    return {"token": re.search(r'name="token" value="([^"]+)"', page.text)[1]}


def offered(computer):
    page = computer.post("/pair", key(computer.get("/pair")))
    assert page.status_code == 200
    return re.search(r'class="code-text">([^<]+)<', page.text)[1]


def test_a_code_works_once(pair):
    code = pair.offer()
    secret = pair.pair(f" {code[:5].lower()}-{code[5:]} ")
    assert pair.knows(secret)
    assert not pair.knows(code)
    assert not pair.knows("")
    with pytest.raises(Refused, match="was used"):
        pair.pair(code)
    assert pair.n_phones == 1


def test_a_code_ages_and_is_replaced(pair, clock):
    first, second = pair.offer(), pair.offer()
    with pytest.raises(Refused, match="does not work"):
        pair.pair(first)
    clock.now = CODE_LIFE_S + 1
    with pytest.raises(Refused, match="ten minutes"):
        pair.pair(second)
    third = pair.offer()
    clock.now += CODE_LIFE_S
    assert pair.knows(pair.pair(third))


def test_guessing_voids_the_code(pair):
    code = pair.offer()
    for _ in range(MAX_WRONG - 1):
        with pytest.raises(Refused):
            pair.pair("2" * 10)
    assert pair.n_phones == 0
    with pytest.raises(Refused):
        pair.pair("3" * 10)
    with pytest.raises(Refused) as refused:
        pair.pair(code)
    assert refused.value.code == "wrong_code"


def test_there_are_only_so_many_phones(pair):
    for _ in range(MAX_PHONES):
        pair.pair(pair.offer())
    with pytest.raises(Refused) as refused:
        pair.pair(pair.offer())
    assert refused.value.code == "too_many_phones"
    pair.forget()
    assert pair.n_phones == 0


def test_codes_and_secrets_are_compared_in_constant_time_and_held_as_digests(pair, monkeypatch):
    seen, compare = [], hmac.compare_digest

    def watched(a, b):
        seen.append((a, b))
        return compare(a, b)

    monkeypatch.setattr(pairing.hmac, "compare_digest", watched)
    code = pair.offer()
    secret = pair.pair(code)
    other = pair.pair(pair.offer())
    seen.clear()
    assert pair.knows(secret)
    assert len(seen) == 2  # both are looked at, whichever it is
    with pytest.raises(Refused):
        pair.pair("no")  # nothing on offer: nothing is compared
    pair.offer()
    with pytest.raises(Refused):
        pair.pair("no")
    assert len(seen) == 3
    assert all(len(a) == len(b) == 32 for a, b in seen)
    held = repr(vars(pair))
    assert all(word not in held for word in (code, secret, other))


@pytest.mark.parametrize(("address", "home"), [
    ("192.168.1.5", True), ("10.0.0.7", True), ("172.20.3.4", True), ("127.0.0.1", False), ("0.0.0.0", False),
    ("8.8.8.8", False), ("224.0.0.1", False), ("elsewhere", False), ("", False),
])  # fmt: skip
def test_only_addresses_of_a_home_network_are_let_in(address, home):
    assert is_home(address) is home


@pytest.mark.parametrize(("address", "code"), [
    ("8.8.8.8", "not_at_home"), ("0.0.0.0", "not_at_home"), ("127.0.0.1", "not_at_home"), ("kitchen", "bad_address"),
    ("fd00::1", "bad_address"),
])  # fmt: skip
def test_an_address_for_everyone_is_refused(address, code):
    with pytest.raises(Refused) as refused:
        home_address(address)
    assert refused.value.code == code
    assert home_address("192.168.1.5") == "192.168.1.5"


def test_a_phone_without_a_code_sees_one_page(phone, computer):
    for path in ("/", "/today", "/log", "/data", "/pair", "/healthz", "/sw.js", "/nope", "//static/x"):
        answer = phone.get(path)
        assert answer.status_code == 403, path
        assert "Not connected" in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "http://127.0.0.1:8765/pair" in phone.get("/today").text
    for path in ("/static/..%2fdata", "/join/..%2flog", "/static/%2e%2e/%2e%2e/app.py"):
        assert phone.get(path).status_code == 404
    for path in ("/check", "/data/export", "/log/count"):
        assert phone.post(path).status_code == 403
    told = phone.get("/today", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["refused"]["code"]) == (403, "not_paired")
    assert phone.get("/api/v1/openapi.json").json() == told.json()
    assert phone.get("/static/style.css").status_code == 200
    assert computer.get("/today").status_code == 200


def test_a_phone_is_connected_by_the_code_and_no_second_one(phone, computer):
    code = offered(computer)
    asked = phone.get(f"/join/{code.replace('-', '')}")
    assert f'value="{code}"' in asked.text
    assert phone.get("/today").status_code == 403  # opening alone uses nothing up and lets no one in
    joined = phone.post("/join", {"code": code})
    assert (joined.status_code, joined.headers["location"]) == (303, "/")
    cookie = joined.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert phone.get("/today").status_code == 200
    log = phone.get("/log/count")
    form = key(log) | {"date": "2026-05-01", "method": "wash", "count": "41"}
    assert phone.post("/log/count", form).status_code == 303
    other = Phone(computer.app, "192.168.1.8")
    assert other.post("/join", {"code": code}).status_code == 403
    assert other.get("/today").status_code == 403
    other.cookies.set(door.COOKIE, "x" * 43)
    assert other.get("/today").status_code == 403


def test_a_phone_connects_no_other(phone, computer):
    phone.post("/join", {"code": offered(computer)})
    assert phone.get("/pair").status_code == 403
    assert "computer itself only" in phone.get("/pair").text
    assert phone.post("/pair", key(phone.get("/log/count"))).status_code == 403
    assert phone.post("/pair/forget", key(phone.get("/log/count"))).status_code == 403
    computer.post("/pair/forget", key(computer.get("/pair")))
    assert phone.get("/today").status_code == 403


def test_other_sites_cannot_make_or_void_a_code(computer, pair):
    code = pair.offer()
    told = key(computer.get("/pair"))
    for wrong in ({}, {"token": "x"}):
        assert computer.post("/pair", wrong).status_code == 403
        assert computer.post("/pair/forget", wrong).status_code == 403
    assert computer.post("/pair", told, headers={"origin": "http://evil.example"}).status_code == 403
    assert pair.knows(pair.pair(code))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "localhost:8765", "evil.example", "192.168.1.5", "192.168.1.5:80", "192.168.1.6:8765"]
)
def test_a_phone_uses_the_one_address(phone, host):
    assert phone.get("/join", headers={"host": host}).status_code == 400
    assert phone.get("/join").status_code == 200


def test_the_computer_uses_its_own_names(computer):
    for host in (HOST, "evil.example", "127.0.0.1.evil.example", ""):
        assert computer.get("/today", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://192.168.1.5:8765", "http://192.168.1.5"])
def test_a_phones_form_comes_from_these_pages(phone, computer, origin):
    code = offered(computer)
    assert phone.post("/join", {"code": code}, headers={"origin": origin}).status_code == 403
    assert phone.post("/join", {"code": code}, headers={"origin": f"http://{HOST}"}).status_code == 303
    assert phone.post("/check", headers={"origin": origin}).status_code == 403


def test_strangers_and_claimed_addresses_are_turned_away(computer):
    stranger = Phone(computer.app, "8.8.8.8")
    assert stranger.get("/join").status_code == 403
    liar = Phone(computer.app)
    for name in ("x-forwarded-for", "forwarded", "x-real-ip"):
        assert liar.get("/today", headers={name: "127.0.0.1"}).status_code == 403


def test_without_lan_no_phone_is_answered(make_client):
    client = make_client()
    assert Phone(client.app).get("/join").status_code == 403
    page = client.get("/pair").text
    assert "hairwise serve --lan" in page
    assert "not encrypted" in page
    assert client.post("/pair").status_code == 405


def test_what_cannot_be_a_code_is_not_shown_back(phone):
    assert "<script" not in phone.get("/join/<script>x").text
    assert phone.post("/join", {"code": "ü" * 5000}).status_code == 403
    assert phone.post("/join", {"code": "<b>"}).text.count("<b>") == 0


def read(matrix):
    """Read a code as a camera does, from nearer where it must: at one size the reader fails on one code of 150."""
    dark = np.array([[0 if cell else 255 for cell in row] for row in matrix], np.uint8)
    seen = (np.kron(dark, np.ones((px, px), np.uint8)) for px in (8, 4, 5))
    return next((told for view in seen if (told := cv2.QRCodeDetector().detectAndDecode(view)[0])), "")


def test_the_terminal_shows_a_code_that_reads_and_says_what_it_risks(pair):
    text = pair_pages.terminal_text(pair, "http://127.0.0.1:8765/pair", "utf-8")
    code = re.search(r"type (\w{5}-\w{5})", text)[1].replace("-", "")
    rows = [line for line in text.splitlines() if line and set(line) <= set(" █▀▄")]
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}  # upper and lower, light on a dark ground
    matrix = [[halves[c][k] for c in row] for row in rows for k in (0, 1)]
    assert read(matrix) == f"http://{HOST}/join/{code}"
    assert "not encrypted" in text
    assert "only at home" in text
    plain = pair_pages.terminal_text(pair, "http://127.0.0.1:8765/pair", "cp1252")
    assert "█" not in plain
    assert f"http://{HOST}/join" in plain
    assert pair.knows(pair.pair(re.search(r"type (\w{5}-\w{5})", plain)[1]))


def test_the_page_shows_the_same_code_as_a_picture(computer):
    page = computer.post("/pair", key(computer.get("/pair"))).text
    code = re.search(r'class="code-text">([^<]+)<', page)[1].replace("-", "")
    made = segno.make(f"http://{HOST}/join/{code}", micro=False)
    drawn = made.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="code", lineclass=None)
    assert drawn in page
    assert read([list(row) for row in made.matrix_iter(border=4)]) == f"http://{HOST}/join/{code}"
