"""`bedside check`: each part, found and working, or what to do. A running daemon is asked, since it holds the pins."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from bedside.catalogue import _
from bedside.control import ask_daemon
from bedside.devices.button import Button, ButtonUnavailable
from bedside.devices.buzzer import Buzzer
from bedside.devices.cards import find_card
from bedside.devices.clock import Clock
from bedside.devices.inputs import Inputs
from bedside.devices.keys import Key
from bedside.devices.light import Light
from bedside.devices.thermometer import SensorFailed, Thermometer
from bedside.devices.voice import Voice
from bedside.diary.errors import DiaryError
from bedside.diary.reader import reading
from bedside.holding import AlreadyRunningError, hold
from bedside.night.events import KEY, SECOND_WIRE, WIRE, PartReported
from bedside.settings import Folders, Settings

KEY_SECONDS = 5.0  # for a key to be opened


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part. `well` None: it is not there and need not be."""

    part: str
    well: bool | None
    says: str
    remedy: str = ""


def check(
    settings: Settings, folders: Folders, sys: Path = Path("/sys"), kernel: Inputs | None = None
) -> Iterator[Finding]:
    """Look at every part, one after the other; nothing is kept. `kernel` has the input devices, else those of `sys`."""
    inputs = kernel or Inputs(sys)
    try:
        answers = ask_daemon(folders, "check")
    except PermissionError:
        yield Finding(
            "daemon", False, _("bedside is running, but does not answer this user."), _("Ask it: sudo bedside check")
        )
        return
    if answers:
        yield Finding("daemon", True, _("bedside is running; this is what it says of itself."))
        for answer in answers:
            yield Finding(answer["part"], answer["well"], answer["says"], answer["remedy"])
        yield from _inputs(settings, inputs)
        yield _emergency(settings)
        return
    daemon = _daemon(folders)
    yield daemon
    if daemon.well is False:
        return  # it holds the pins and the card: tried directly, each would seem to be wrong
    yield from _buttons(settings, inputs)
    yield from _inputs(settings, inputs)
    yield _light(settings)
    yield _buzzer(settings)
    yield _thermometer(settings, sys)
    yield _speaker(settings)
    yield _voice(folders)
    yield _clock()
    yield _diary(folders)
    yield _emergency(settings)


def _daemon(folders: Folders) -> Finding:
    try:
        if (folders.data / "lock").exists():
            hold(folders.data).close()
    except AlreadyRunningError:
        return Finding(
            "daemon",
            False,
            _("bedside is running, but does not answer yet."),
            _("Ask again in a minute. If it stays silent, see: sudo journalctl -u bedside"),
        )
    except OSError as error:
        return Finding("daemon", False, str(error))
    return Finding(
        "daemon", None, _("bedside is not running; the parts were tried directly."), _("Start it: bedside run")
    )


def _buttons(settings: Settings, inputs: Inputs) -> Iterator[Finding]:
    for part, pin in ((WIRE, settings.pin), (SECOND_WIRE, settings.second_pin)):
        if pin:
            yield _wire(part, pin)
    if settings.key.strip():
        yield _key(settings.key, inputs)


def _wire(part: str, pin: int) -> Finding:
    button = Button(pin, lambda _: None, Clock().now, part=part)
    try:
        button.arm()
    except ButtonUnavailable as error:
        return Finding(part, False, error.says, error.remedy)
    button.close()
    return Finding(part, True, _("GPIO%(pin)s is free for the button.", pin=pin), "")


def _key(name: str, inputs: Inputs) -> Finding:
    """What the key reports of itself when it is opened."""
    told: SimpleQueue[object] = SimpleQueue()
    key = Key(name, told.put, Clock().now, inputs)
    try:
        key.arm()
        report = told.get(timeout=KEY_SECONDS)
    except ButtonUnavailable as error:
        return Finding(KEY, False, error.says, error.remedy)
    except Empty:
        return Finding(KEY, False, _("The button %(name)s does not answer.", name=name))
    finally:
        key.close()
    if isinstance(report, PartReported) and not report.well:
        return Finding(KEY, False, report.says, report.remedy)
    return Finding(KEY, True, _("The button %(name)s is there.", name=name))


def _inputs(settings: Settings, inputs: Inputs) -> Iterator[Finding]:
    """The input devices that could be a button, where the one that is set is absent, or none is set."""
    wanted = settings.key.strip()
    if wanted and inputs.find(wanted):
        return
    names = list(dict.fromkeys(one.name for one in inputs.listed() if one.candidate))
    if names:
        quoted = ", ".join(f'"{name}"' for name in names)
        free = _("These could be a button, too: %(names)s.", names=quoted)
        says = _("There are these: %(names)s.", names=quoted) if wanted else free
        remedy = _('To use one, put its name into the settings file: key = "%(name)s"', name=names[0])
        yield Finding("inputs", None, says, remedy)
    elif wanted:
        yield Finding("inputs", None, _("There is no input device that could be a button."))


def _light(settings: Settings) -> Finding:
    return _pin("light", settings.light_pin, Light)


def _buzzer(settings: Settings) -> Finding:
    return _pin("buzzer", settings.buzzer_pin, Buzzer)


def _pin(part: str, pin: int, device: type[Light] | type[Buzzer]) -> Finding:
    """What a part on an output pin reports when it is opened."""
    if not pin:
        return Finding(part, None, _("No %(part)s is set up.", part=_(part)))
    told: SimpleQueue[object] = SimpleQueue()
    opened = device(pin, told.put, Clock().now)
    opened.arm()
    opened.close()
    report = told.get() if not told.empty() else None
    if isinstance(report, PartReported):
        return Finding(part, report.well, report.says, report.remedy)
    return Finding(part, True, _("GPIO%(pin)s is free for the %(part)s.", pin=pin, part=_(part)))


def _thermometer(settings: Settings, sys: Path) -> Finding:
    thermometer = Thermometer(sys, settings.sensor or None, settings.sensor_offset)
    try:
        celsius = thermometer.read()
    except SensorFailed as error:
        return Finding("thermometer", False, error.says, error.remedy)
    name = thermometer.sensor.name if thermometer.sensor else ""
    return Finding("thermometer", True, _("%(name)s says %(celsius)s °C.", name=name, celsius=f"{celsius:.1f}"))


def _speaker(settings: Settings) -> Finding:
    card = settings.card or find_card()
    if card is None:
        says = _("No sound card is found; the device is silent.")
        return Finding(
            "speaker", False, says, _("Plug in a USB speaker, or enable the sound card's overlay; see: aplay -l")
        )
    return Finding("speaker", True, _("The sound card is %(card)s.", card=card))


def _voice(folders: Folders) -> Finding:
    voice = Voice(folders.cache / "clips")
    return Finding("voice", voice.well, voice.says, voice.remedy)


def _clock() -> Finding:
    if Clock().look():
        return Finding("clock", True, _("The time is known."))
    return Finding("clock", False, _("The time is not sure."), _("Connect the device to the Internet for a minute."))


def _diary(folders: Folders) -> Finding:
    path = folders.data / "diary.db"
    if not path.exists():
        return Finding("diary", None, _("There is no diary yet; it will be %(path)s.", path=path))
    try:
        with reading(path) as diary:
            diary.has_samples()
    except DiaryError as error:
        return Finding("diary", False, str(error), _("Start bedside: it gives the diary back from its journal."))
    return Finding("diary", True, _("The diary %(path)s can be read.", path=path))


def _emergency(settings: Settings) -> Finding:
    if settings.emergency_number.strip():
        says = _("The page says to call %(number)s in an emergency.", number=settings.emergency_number.strip())
        return Finding("emergency", True, says)
    return Finding(
        "emergency",
        None,
        _("The emergency number is not set; the page says: your local emergency number."),
        _('Put it into the settings file, such as: emergency_number = "112"'),
    )
