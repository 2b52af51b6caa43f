"""The room's temperature, from the kernel's files: hwmon, iio and 1-Wire. No vendor library.

Only sensors are taken that can hang in a room: those that sit on an I2C bus or a 1-Wire bus, and iio devices. What the
processor, the disk, the radio or the power supply measure is on none of these. Of the chips that are, one that also
turns a fan, measures a voltage, feels motion or keeps the time measures the board or itself, and is left out too.
"""

import errno
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bedside.catalogue import _

COLDEST, HOTTEST = -40.0, 60.0
ONE_WIRE_FAULTS = (85_000, 127_937, 127_940)  # milli-degrees: what a DS18B20 tells at power-on, and when it fails
NOT_OF_THE_ROOM = (
    *("fan*_input", "pwm[0-9]", "in[0-9]*_input", "curr*_input", "power*_input", "device/rtc/rtc*"),
    *("in_voltage*", "in_current*", "in_accel*", "in_anglvel*", "in_magn*"),
)


@dataclass(frozen=True, slots=True)
class Sensor:
    """A thermometer and where it is read, in milli-degrees Celsius: `value`, or (`value` + `offset`) x `scale`.

    `kind` is hwmon, iio or w1; `name` is chip and address, the same in every boot; `device` the chip's own folder.
    """

    kind: str
    name: str
    device: Path
    value: Path
    offset: Path | None = None
    scale: Path | None = None


class SensorFailed(OSError):  # noqa: N818 - what happened, as the page shows it
    """No temperature. `says` is one sentence for a person, `remedy` what to do; str() is both."""

    def __init__(self, says: str, remedy: str) -> None:
        super().__init__(f"{says} {remedy}")
        self.says, self.remedy = says, remedy


def find(root: Path = Path("/sys")) -> list[Sensor]:
    """Every thermometer of a room, those on a cable (1-Wire) first, then by name. Reads no temperature."""
    found = {sensor.value: sensor for sensor in (*_hwmon(root), *_iio(root))}
    have = {sensor.device for sensor in found.values()}
    # The w1 file of a chip reads empty on an error, where its hwmon node tells the error's number.
    sensors = [*found.values(), *(sensor for sensor in _w1(root) if sensor.device not in have)]
    return sorted(sensors, key=lambda sensor: sensor.name)  # a 1-Wire name begins with a digit, and so comes first


class Thermometer:
    """Reads one sensor: that whose name, or a word of it, is `wanted`; without a wish the first of `find`.

    `offset` in degrees Celsius is added to each reading. `sensor` and `found` tell what the last read chose from.
    """

    def __init__(
        self,
        root: Path = Path("/sys"),
        wanted: str | None = None,
        offset: float = 0.0,
        read_text: Callable[[Path], str] = Path.read_text,
    ) -> None:
        self.sensor: Sensor | None = None
        self.found = 0
        self._root, self._wanted, self._offset, self._read_text = root, wanted, offset, read_text

    def read(self) -> float:
        """The temperature now, in degrees Celsius; a second on 1-Wire, or as long as the kernel hangs.

        Looks for the sensor each time: its number may now be another's. Raises SensorFailed.
        """
        try:
            self.sensor = self._choose()
            milli = self._milli(self.sensor)
        except OSError as error:
            raise _explained(error) from error
        except ValueError as error:
            raise SensorFailed(
                _("The thermometer tells something that is no number."), _("Unplug it, plug it in again.")
            ) from error
        return _plausible(milli) / 1000 + self._offset

    def _choose(self) -> Sensor:
        sensors = find(self._root)
        self.found = len(sensors)
        if not sensors:
            raise SensorFailed(
                _("No thermometer is found."),
                _(
                    "Check its wires, and that /boot/firmware/config.txt has a line such as dtoverlay=w1-gpio (a "
                    "DS18B20) or dtoverlay=i2c-sensor,sht4x (or your sensor's name); then restart."
                ),
            )
        if not self._wanted:
            return sensors[0]
        for sensor in sensors:
            if self._wanted in (sensor.name, *sensor.name.split()):
                return sensor
        names = ", ".join(sensor.name for sensor in sensors)
        raise SensorFailed(
            _("The thermometer %(name)s is not found.", name=self._wanted),
            _("Plug it in, or set `sensor` to one that is there: %(names)s.", names=names),
        )

    def _milli(self, sensor: Sensor) -> float:
        value, offset, scale = (self._number(path) for path in (sensor.value, sensor.offset, sensor.scale))
        return ((value or 0.0) + (offset or 0.0)) * (1.0 if scale is None else scale)

    def _number(self, path: Path | None) -> float | None:
        if path is None:
            return None
        text = self._read_text(path).strip()
        if not text:
            raise SensorFailed(
                _("The thermometer's answer is empty."), _("Check its three wires, and the 4.7 kOhm resistor.")
            )
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number


def _hwmon(root: Path) -> Iterator[Sensor]:
    for folder in sorted((root / "class/hwmon").glob("hwmon*")):
        device = (folder / "device").resolve()
        bus = _bus(device)
        if bus not in ("i2c", "w1") or _not_of_the_room(folder):
            continue
        chip = device.name if bus == "w1" else f"{_line(folder / 'name')} {device.name}"
        for value in sorted(folder.glob("temp*_input")):
            channel = value.name.removesuffix("_input")
            yield Sensor("hwmon", chip if channel == "temp1" else f"{chip} {channel}", device, value)


def _iio(root: Path) -> Iterator[Sensor]:
    for folder in sorted((root / "bus/iio/devices").glob("iio:device*")):
        device = folder.resolve().parent
        ready, raw, offset, scale = (folder / f"in_temp_{end}" for end in ("input", "raw", "offset", "scale"))
        name = f"{_line(folder / 'name')} {device.name}"
        if _not_of_the_room(folder):
            continue
        if ready.exists():
            yield Sensor("iio", name, device, ready)
        elif raw.exists():
            yield Sensor("iio", name, device, raw, _if_there(offset), _if_there(scale))


def _w1(root: Path) -> Iterator[Sensor]:
    for value in sorted((root / "bus/w1/devices").glob("*-*/temperature")):
        device = value.parent.resolve()
        yield Sensor("w1", device.name, device, value)


def _bus(device: Path) -> str:
    return (device / "subsystem").resolve().name


def _not_of_the_room(folder: Path) -> bool:
    return any(True for pattern in NOT_OF_THE_ROOM for _ in folder.glob(pattern))


def _if_there(path: Path) -> Path | None:
    return path if path.exists() else None


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return "thermometer"  # unplugged in this instant


def _plausible(milli: float) -> float:
    if int(milli) in ONE_WIRE_FAULTS:
        raise SensorFailed(
            _("The thermometer tells the value it shows when its power was lost."),
            _("Check its three wires: all of 3.3 V, ground and data must be connected."),
        )
    if not COLDEST <= milli / 1000 <= HOTTEST:
        raise SensorFailed(
            _("The thermometer tells a temperature that no bedroom has."), _("Check its wires, or replace it.")
        )
    return milli


def _explained(error: OSError) -> OSError:
    if isinstance(error, SensorFailed):
        return error
    if error.errno in (errno.ENODEV, errno.ENXIO, errno.ENOENT):
        return SensorFailed(_("The thermometer was unplugged."), _("Plug it in again: it is found by itself."))
    if error.errno in (errno.EIO, errno.EREMOTEIO, errno.EBADMSG):
        remedy = _("Check its wires: a contact is loose or a cable too long.")
        return SensorFailed(_("The thermometer's answer is garbled."), remedy)
    if error.errno in (errno.ETIMEDOUT, errno.EAGAIN):
        remedy = _("Check its wires; unplug it, plug it in again.")
        return SensorFailed(_("The thermometer does not answer in time."), remedy)
    if error.errno in (errno.EACCES, errno.EPERM):
        return SensorFailed(_("The thermometer may not be read by this user."), _("Add the user to the group i2c."))
    says = _("The thermometer cannot be read (%(error)s).", error=error.strerror)
    return SensorFailed(says, _("Unplug it, plug it in again."))
