"""Firefox over its own protocol, Marionette: lengths and JSON on a socket. As much of it as printing a page needs."""

import base64
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PREFERENCES = 'user_pref("marionette.port", 0);\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n'


class Marionette:
    """A Firefox that was started for it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._stream = self._socket.makefile("rb")
        self._asked = 0
        self._receive()  # it greets
        self.ask("WebDriver:NewSession", {})

    def ask(self, command: str, values: dict[str, Any]) -> Any:
        """What a command answers."""
        self._asked += 1
        message = json.dumps([0, self._asked, command, values]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _kind, number, error, result = self._receive()
        assert (number, error) == (self._asked, None), error
        return result

    def pdf(self, address: str, width: float, height: float) -> bytes:
        """The page on paper of this size in centimetres, with the browser's own margins."""
        self.ask("WebDriver:Navigate", {"url": address})
        page = {"width": width, "height": height}
        return base64.b64decode(self.ask("WebDriver:Print", {"page": page, "background": False})["value"])

    def close(self) -> None:
        """Let Firefox end."""
        self.ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._stream.close()
        self._socket.close()

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._stream.read(1)
        return json.loads(self._stream.read(int(length[:-1])))


@contextmanager
def firefox(profile: Path) -> Iterator[Marionette]:
    """A headless Firefox with an empty profile in this folder."""
    (profile / "user.js").write_text(PREFERENCES)
    command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
        try:
            assert process.stdout
            listening = (re.search(rb"Listening on port (\d+)", line) for line in process.stdout)
            browser = Marionette(int(next(found[1] for found in listening if found)))
            yield browser
            browser.close()
            process.wait(30)
        finally:
            process.kill()
