"""Settings that cannot be read are told by their names, all at once, and no value of them is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patrol.settings import BadSetting, Settings


def test_every_bad_setting_is_told_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATROL_WEB_WORKERS", "99")
    monkeypatch.setenv("PATROL_TRUSTED_PROXIES", '["10.0.0.0/8", "the hall"]')
    monkeypatch.setenv("PATROL_PROXY", "http://me:hidden@proxy.example:1")
    with pytest.raises(BadSetting) as told:
        Settings()
    for name in ("PATROL_WEB_WORKERS: ", "PATROL_TRUSTED_PROXIES: ", "PATROL_PROXY: "):
        assert name in told.value.what
    assert "hidden" not in str(told.value)
    assert told.value.__suppress_context__, "nor in a traceback"


def test_a_list_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATROL_PUBLIC_HOSTS", "one.example,two.example")
    with pytest.raises(BadSetting, match="PATROL_PUBLIC_HOSTS: It is no list in JSON"):
        Settings()


@pytest.mark.parametrize("command", ["doctor", "init", "serve", "check"])
def test_a_command_says_it_without_a_traceback(command: str, tmp_path: Path) -> None:
    said = subprocess.run(
        [Path(sys.executable).with_name("patrol"), command],
        env={**os.environ, "PATROL_HOME": str(tmp_path), "PATROL_WEB_WORKERS": "99"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, "Traceback" in said.stderr) == (2, False), said.stderr
    assert "PATROL_WEB_WORKERS: Input should be less than or equal to 32" in said.stderr
