"""The sound cards: which one plays best, told from the kernel's files alone."""

from pathlib import Path

_HDMI = 3
_RANKS = {"hdmi": _HDMI, "bcm2835": 2, "usb-audio": 0}
_I2S = 1


def find_card(proc: Path = Path("/proc/asound")) -> str | None:
    """The ALSA name of the best card that can play: USB before I2S before the jack before HDMI; None without any.

    Never ALSA's `default`, which a desktop's sound service takes over.
    """
    try:
        lines = (proc / "cards").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    cards = [line.strip() for line in lines if line[:3].strip().isdigit()]
    playing = [card for card in cards if any((proc / f"card{card.split()[0]}").glob("pcm*p"))]
    best = min(playing, key=_rank, default=None)
    return best and _device_of(best)


def _rank(card: str) -> int:
    return next((rank for mark, rank in _RANKS.items() if mark in card.lower()), _I2S)


def _device_of(card: str) -> str:
    name = card.partition("[")[2].partition("]")[0].strip()
    return f"{'sysdefault' if _rank(card) == _HDMI else 'plughw'}:CARD={name}"
