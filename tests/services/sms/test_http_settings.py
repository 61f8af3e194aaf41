"""sms.toml: the worked examples of the operator's guide, and every wrong setting is one line without its value."""

import re
from pathlib import Path

import pytest

from app.config import ROOT, ConfigError
from app.services.sms.gateway import Template, text_of
from app.services.sms.http_gateway import written
from app.services.sms.http_settings import HttpSettings, read_http_settings

GUIDE = (ROOT / "docs" / "huong-dan-van-hanh.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"\*\*(\w+)[^\n]*\n+```toml\n(.*?)```", GUIDE, re.DOTALL)
FIELDS = {
    "phone": "0900000002",
    "phone84": "84900000002",
    "e164": "+84900000002",
    "text": 'Ma: 123456 "&\\',
    "code": "123456",
    "key": "k1",
}
GOOD = """
url = "https://sms.example.vn/send"
[body]
to = "{phone}"
content = "{text}"
[success]
field = "status"
values = ["success"]
"""


def read(folder: Path, text: str) -> HttpSettings:
    path = folder / "sms.toml"
    path.write_text(text, encoding="utf-8")
    return read_http_settings(path)


def test_the_guide_shows_three_gateways_whole() -> None:
    assert [name for name, _ in EXAMPLES] == ["eSMS", "SpeedSMS", "Zalo"]


def example(folder: Path, name: str) -> HttpSettings:
    return read(folder, dict(EXAMPLES)[name])


def test_esms(tmp_path: Path) -> None:
    settings = example(tmp_path, "eSMS")
    request = written(settings, FIELDS)
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/json")
    assert request.body == (
        b'{"ApiKey": "...", "SecretKey": "...", "Brandname": "...", "SmsType": "2", "Phone": "0900000002", '
        b'"Content": "Ma: 123456 \\"&\\\\", "RequestId": "k1"}'
    )
    assert settings.success_values == {"100"}


def test_speedsms(tmp_path: Path) -> None:
    request = written(example(tmp_path, "SpeedSMS"), FIELDS)
    assert request.headers["Authorization"] == "Basic Li4uOng="  # …:x
    assert request.body == (
        b'{"to": ["84900000002"], "content": "Ma: 123456 \\"&\\\\", "sms_type": 3, "sender": "..."}'
    )


def test_zalo_zns(tmp_path: Path) -> None:
    settings = example(tmp_path, "Zalo")
    request = written(settings, FIELDS)
    assert request.headers["access_token"] == "..."
    assert request.body == (
        b'{"phone": "84900000002", "template_id": "...", "tracking_id": "k1", "template_data": {"otp": "123456"}}'
    )
    assert settings.success_values == {"0"}


def test_a_form_and_a_query_are_escaped_by_construction(tmp_path: Path) -> None:
    text = GOOD.replace("[body]", 'format = "form"\n[query]\nid = "{key}"\n[body]')
    request = written(read(tmp_path, text), FIELDS)
    assert request.target == "/send?id=k1"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.body == b"to=0900000002&content=Ma%3A+123456+%22%26%5C"


def test_a_get_sends_all_in_its_query(tmp_path: Path) -> None:
    request = written(read(tmp_path, GOOD.replace("[body]", 'method = "GET"\n[query]')), FIELDS)
    assert (request.method, request.body) == ("GET", None)
    assert request.target == "/send?to=0900000002&content=Ma%3A+123456+%22%26%5C"


def test_what_is_filled_in_is_not_filled_in_again(tmp_path: Path) -> None:
    request = written(read(tmp_path, GOOD), FIELDS | {"text": "{phone}"})
    assert request.body == b'{"to": "0900000002", "content": "{phone}"}'


def test_without_words_eight_seconds(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).timeout == 8


SECRET = "bi-mat-cua-toi"
WRONG = {
    "not TOML": f"url = {SECRET}",
    "url: expected": GOOD.replace("https://sms.example.vn", "http://sms.example.vn"),
    "url: expected https": GOOD.replace("https://sms.example.vn/send", f"https://sms.example.vn/send?key={SECRET}"),
    "url: expected https:": GOOD.replace("https://sms.example.vn", "https://[sms"),
    "url: expected https://host": "",
    "method: expected one of": f'method = "{SECRET}"\n{GOOD}',
    "format: expected one of": f'format = "{SECRET}"\n{GOOD}',
    "timeout: expected seconds": f"timeout = 31\n{GOOD}",
    "timeout: expected": f"timeout = true\n{GOOD}",
    "unknown setting 'urls'": f'urls = "{SECRET}"\n{GOOD}',
    "unknown setting auth.name": f'{GOOD}[auth]\nname = "{SECRET}"\n',
    "auth: expected user and password": f'{GOOD}[auth]\nuser = "{SECRET}"\n',
    "headers: expected plain": f'{GOOD}[headers]\nX = "{SECRET}\\r\\nY: 1"\n',
    "headers: expected": f'{GOOD}[headers]\n"X Y" = "{SECRET}"\n',
    "headers: expected texts": f'{GOOD}[headers]\nX = ["{SECRET}"]\n',
    "body: expected a table": GOOD.replace("[body]", f'body = "{SECRET}"\n[other]').replace("[other]", "[query]"),
    "body: expected texts and numbers only": GOOD.replace("[body]", 'format = "form"\n[body]\nmany = ["a"]'),
    "body: a GET has none": f'method = "GET"\n{GOOD}',
    "success: expected field": GOOD.replace("[success]", f'[success]\npattern = "{SECRET}"'),
    "success: expected": GOOD.replace('values = ["success"]', ""),
    "success.values: expected a list": GOOD.replace('["success"]', f'"{SECRET}"'),
    "success.pattern: not": GOOD.partition("[success]")[0] + '[success]\npattern = "("',
    "retry.values: needs": GOOD.partition("[success]")[0] + '[success]\npattern = "ok"\n[retry]\nvalues = ["1"]',
    "unknown placeholder {mobile}": GOOD.replace("{phone}", "{mobile}{phone}"),
    "neither [body] nor [query] holds both": GOOD.replace("{phone}", SECRET),
    "neither [body] nor [query] holds": GOOD.replace("{text}", SECRET),
}


@pytest.mark.parametrize("told", WRONG)
def test_a_wrong_setting_is_one_line_without_its_value(tmp_path: Path, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, WRONG[told])
    line = str(refused.value)
    assert line.startswith("LANTOA_SMS_CONFIG: ")
    assert told in line
    assert "\n" not in line
    assert SECRET not in line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_http_settings(tmp_path / "none.toml")


@pytest.mark.parametrize("template", Template)
def test_texts_fit_into_one_message(template: Template) -> None:
    """160 characters of the GSM alphabet, no marks, nothing to press."""
    text = text_of(template, {"code": "123456"})
    assert len(text) <= 160
    assert text.isascii()
    assert "123456" in text
    assert not re.search(r"https?:|www\.|\.vn|/", text)
