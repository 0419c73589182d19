"""Sends what waits in the outbox of messages, beside the projector: one process at a time, and never a page."""

import threading

import structlog
from django.db import connection
from django.utils import timezone

from patrol.actions.desk import Desk
from patrol.actions.notifying import delivery
from patrol.actions.notifying.delivery import Outbound
from patrol.errors import PatrolError
from patrol.models import MessageChannel
from patrol.schedule import letters, mail, webhook
from patrol.settings import Settings

_log = structlog.get_logger()
EVERY_SECONDS = 2.0
STOP_SECONDS = 3.0


class NoAddress(PatrolError):
    """Somebody took their mail address back meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "There is no mail address any more.",
            why="Its owner took it back after the mail was written.",
            do="Nothing: it stands in their inbox.",
        )


class Messenger(threading.Thread):
    """Gathers and sends until it is told to stop. With no way out configured it ends at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="messenger", daemon=True)
        self.settings = settings
        self.desk = Desk.system("messenger")
        self._over = threading.Event()

    def run(self) -> None:
        if not delivery.configured():
            return
        try:
            while not self._over.wait(EVERY_SECONDS):
                self._try()
        finally:
            connection.close()

    def stop(self) -> None:
        """End after the message in hand; what waits, waits for the next process."""
        self._over.set()
        if self.is_alive():
            self.join(STOP_SECONDS)

    def _try(self) -> None:
        """Whatever goes wrong, the next turn may succeed."""
        try:
            self.turn()
        except Exception as error:  # noqa: BLE001  (a fault of the register must not end the sending for good)
            _log.warning("messenger.waits", error=type(error).__name__)
            connection.close()

    def turn(self) -> int:
        """Gather what is new and send what is due, once. Returns how many left."""
        delivery.gather(timezone.now())
        left = 0
        for message in delivery.due(timezone.now()):
            if self._over.is_set():
                break
            left += self._sent(message)
        return left

    def _sent(self, message: Outbound) -> bool:
        try:
            self._send(message)
        except (PatrolError, OSError) as error:
            fault = error.why if isinstance(error, PatrolError) else type(error).__name__
            dead = delivery.failed(message, fault, timezone.now())
            _log.warning("messenger.failed", channel=message.channel, fault=fault, dead=dead)
            return False
        delivery.sent(self.desk, message)
        return True

    def _send(self, message: Outbound) -> None:
        if message.channel is MessageChannel.WEBHOOK:
            webhook.call(self.settings, message.key, message.body)
            return
        if not message.address:
            raise NoAddress
        mail.send(self.settings, letters.letter(self.settings, message))
