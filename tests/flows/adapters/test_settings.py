"""Settings of an office: what keeps an officer from harming the data by a setting."""

from pathlib import Path

import pytest

from flows.adapters.clock import PlayedClock
from flows.adapters.office import open_office
from flows.adapters.settings import Settings, load_settings
from models.errors import KeysMissing, SettingsFaulty
from models.keys import create_key_file

STOPPED = "2018-06-01T08:00+02:00"


def test_an_office_needs_no_setting_but_its_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load_settings()
    assert (settings.data, settings.smtp_host, settings.clock, settings.database_url) == (Path("var"), "", None, None)
    assert settings.key_file == tmp_path / ".config" / "nabor" / "keys.json"


@pytest.mark.parametrize("inside", ["keys.json", "deep/keys.json", "../data/keys.json"])
def test_keys_inside_the_data_folder_are_refused(tmp_path: Path, inside: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with pytest.raises(SettingsFaulty, match="poza ten folder"):
        _ = Settings(data=data, keys=data / inside).key_file


def test_keys_that_only_seem_to_lie_outside_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "data")
    with pytest.raises(SettingsFaulty):
        _ = Settings(data=tmp_path / "data", keys=tmp_path / "elsewhere" / "keys.json").key_file


def test_keys_beside_the_data_folder_are_taken(tmp_path: Path) -> None:
    assert Settings(data=tmp_path / "data", keys=tmp_path / "data-keys.json").key_file == tmp_path / "data-keys.json"


@pytest.mark.parametrize("host", ["poczta.example.org", "10.0.0.1", "127.0.0.1.example.org"])
def test_a_stopped_clock_sends_no_mail_into_the_world(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("NABOR_CLOCK", STOPPED)
    monkeypatch.setenv("NABOR_SMTP_HOST", host)
    with pytest.raises(SettingsFaulty, match="tylko na ten komputer"):
        load_settings()


@pytest.mark.parametrize("host", ["", "127.0.0.1", "localhost", "::1"])
def test_a_stopped_clock_may_send_to_this_computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str) -> None:
    monkeypatch.setenv("NABOR_CLOCK", STOPPED)
    monkeypatch.setenv("NABOR_SMTP_HOST", host)
    create_key_file(tmp_path / "keys.json")
    with open_office(load_settings(data=tmp_path / "data", keys=tmp_path / "keys.json")) as office:
        assert isinstance(office.clock, PlayedClock)
        assert office.now().isoformat() == "2018-06-01T06:00:00+00:00"


def test_a_stopped_clock_needs_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABOR_CLOCK", "2018-06-01T08:00")
    with pytest.raises(SettingsFaulty, match="potrzebuje strefy"):
        load_settings()


def test_a_stopped_clock_collects_mail_from_this_computer_only() -> None:
    with pytest.raises(SettingsFaulty, match="odbierać tylko z tego komputera"):
        load_settings(clock="2018-06-01T08:00+02:00", imap_host="imap.example.org")
    assert load_settings(clock="2018-06-01T08:00+02:00", imap_host="127.0.0.1").imap_host == "127.0.0.1"


def test_mail_without_encryption_comes_from_this_computer_only() -> None:
    with pytest.raises(SettingsFaulty, match="NABOR_IMAP_SECURITY=none"):
        load_settings(imap_security="none", imap_host="imap.example.org")
    assert load_settings(imap_security="none", imap_host="localhost").imap_security == "none"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NABOR_IMAP_PORT", "poczta"),
        ("NABOR_IMAP_SECURITY", "ssl"),
        ("NABOR_SMTP_PORT", "poczta"),
        ("NABOR_SMTP_RATE_PER_MINUTE", "0"),
        ("NABOR_SMTP_SECURITY", "ssl"),
        ("NABOR_CLOCK", "jutro"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_polish(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsFaulty, match=name) as trouble:
        load_settings()
    for english in ("Input", "should", "Value error", "greater", "valid"):
        assert english not in str(trouble.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABOR_OFFICER_SECRET", "bardzo-tajne")
    monkeypatch.setenv("NABOR_SMTP_PASSWORD", "bardzo-tajne")
    monkeypatch.setenv("NABOR_IMAP_PASSWORD", "bardzo-tajne")
    monkeypatch.setenv("NABOR_DATABASE_URL", "postgresql://nabor:bardzo-tajne@127.0.0.1/nabor")
    settings = load_settings()
    assert "bardzo-tajne" not in repr(settings)
    assert "bardzo-tajne" not in settings.model_dump_json()


def test_every_setting_is_described_in_polish() -> None:
    assert {name for name, field in Settings.model_fields.items() if not field.description} == set()


def test_what_a_command_says_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABOR_OFFICER", "anna")
    assert load_settings(officer="rita").officer == "rita"
    assert load_settings().officer == "anna"


def test_an_office_without_a_key_file_does_not_open(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", keys=tmp_path / "keys.json")
    with pytest.raises(KeysMissing, match="nabor office create-keys"), open_office(settings):
        pass
