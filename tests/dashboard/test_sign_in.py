"""Who has logged in is known from the token alone; where a login may be required, nobody is let in by mistake."""

import time
from types import SimpleNamespace

import pytest
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string, generate_xsrf_token_string

from dashboard import sign_in


def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth", encoding="utf-8")
    monkeypatch.setattr(sign_in.st, "get_option", lambda name: [str(broken)])
    monkeypatch.setattr(type(sign_in.st.secrets), "load_if_toml_exists", lambda self: False)
    assert sign_in.is_required()
    assert sign_in.who_acts() is None
    broken.unlink()
    assert not sign_in.is_required()


def test_a_login_that_was_ended_is_over_in_every_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"is_logged_in": True, "iss": "x", "sub": "17", "iat": 5, "exp": time.time() + 60}
    later = claims | {"iat": 6}
    monkeypatch.setattr(sign_in, "_claims", lambda: claims)
    monkeypatch.setattr(sign_in, "_ended", {("old",): 1.0})
    monkeypatch.setattr(sign_in.st, "logout", lambda: None)
    assert sign_in.is_valid(claims)
    sign_in.end_login()
    assert not sign_in.is_valid(dict(claims))
    assert sign_in.is_valid(later)  # a login of the same person, afterwards
    assert ("old",) not in sign_in._ended


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email": "ada@example.com", "email_verified": True, "sub": "17"}, "ada@example.com"),
        ({"email": "ada@example.com", "sub": "17"}, "ada@example.com (not verified)"),
        ({"sub": "17"}, "17"),
        ({}, "unknown"),
    ],
)
def test_nobody_takes_the_name_of_another_by_an_address_that_was_never_verified(
    claims: dict[str, object], name: str
) -> None:
    assert sign_in._name(claims) == name


def test_a_browser_is_led_once_to_what_it_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (generate_xsrf_token_string() for _ in range(2))
    context = SimpleNamespace(cookies={"_streamlit_xsrf": one})
    monkeypatch.setattr(sign_in.st, "context", context)
    monkeypatch.setattr(sign_in, "is_required", lambda: True)
    address = sign_in.Address("compare", {"k": "5"}, time.time())
    monkeypatch.setattr(
        sign_in,
        "_asked_for",
        type(sign_in._asked_for)({decode_xsrf_token_string(cookie)[0]: address for cookie in (one, two)}),
    )
    assert sign_in.take_asked_for() == address
    assert sign_in.take_asked_for() is None
    context.cookies = {"_streamlit_xsrf": two}
    monkeypatch.setattr(sign_in, "_REMEMBER_SECONDS", 0)
    assert sign_in.take_asked_for() is None


def test_of_whoever_has_not_logged_in_no_long_address_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can ask, each time as another browser; what is remembered of them must not fill the memory."""
    cookies = {"_streamlit_xsrf": generate_xsrf_token_string()}
    monkeypatch.setattr(sign_in.st, "context", SimpleNamespace(cookies=cookies))
    monkeypatch.setattr(sign_in, "_asked_for", type(sign_in._asked_for)())
    for length, n_remembered in ((100_000, 0), (100, 1)):
        params = SimpleNamespace(to_dict=lambda length=length: {"note": "x" * length})
        monkeypatch.setattr(sign_in.st, "query_params", params)
        sign_in._remember("compare")
        assert len(sign_in._asked_for) == n_remembered


def test_two_people_may_log_out_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    class Meanwhile(float):
        """When a login expires; while it is looked at, another one is ended."""

        def __lt__(self, other: float) -> bool:
            sign_in._ended["another",] = other + 60
            return float(self) < other

    monkeypatch.setattr(sign_in, "_claims", lambda: {"sub": "17", "exp": time.time() + 60})
    monkeypatch.setattr(sign_in, "_ended", {("old",): Meanwhile(1.0), ("older",): 0.5})
    monkeypatch.setattr(sign_in.st, "logout", lambda: None)
    sign_in.end_login()
    assert len(sign_in._ended) == 2
