"""The service as systemd runs it: its start and its hardening, a crash, a hang, a mistake, and a power cut."""

from tests.pi.acts import begin, end, expect, lit, newest, opened, pressed, told
from tests.pi.emulator import Pi, until

SLOW = 10.0  # seconds within which presses must be heard again after a crash; the emulation is slow
LATE = 5.0  # seconds within which it hears, once it is let have the GPIO chip; it tries every second


def starts(pi: Pi) -> str:
    """The service told systemd that it hears; it runs as its own user."""
    user = pi.sh("ps -o user= -p $(systemctl show bedside -p MainPID --value)")
    expect(user == "bedside", "its own user", user)
    return f"{ready(pi)}; {first_come(pi)}; systemd calls its exposure {exposure(pi)} of 10"


def first_come(pi: Pi) -> str:
    """The thread that decides comes first, then the writer, and they share a processor."""
    pid = pi.unit("MainPID")
    threads = pi.sh(f"ps -L -o lwp=,comm=,cls=,rtprio= -p {pid}").splitlines()
    found = [line.split() for line in threads]
    writer = next((thread for thread in found if thread[1] == "writer"), None)
    expect(writer is not None, "a thread called writer", threads)
    first = next(thread for thread in found if thread[0] == pid)
    assert writer
    expect((first[2:], writer[2:]) == (["RR", "3"], ["RR", "2"]), "RR 3 and RR 2", threads)
    late = [thread for thread in found if thread[1] == "arming"]
    expect(all(thread[2:] == ["RR", "2"] for thread in late), "what was begun late to hear, at RR 2, too", threads)
    shared = {pi.sh(f"taskset --cpu-list --pid {thread[0]}").split(": ")[-1] for thread in (first, writer)}
    expect(len(shared) == 1 and shared < {"0", "1", "2", "3"}, "one processor", shared)
    begun_late = f", {len(late)} that were begun late to hear among the first" if late else ""
    return f"loop and writer come first on processor {shared.pop()}{begun_late}"


def ready(pi: Pi) -> str:
    """How soon it said that presses are heard."""
    began, heard = int(pi.unit("ExecMainStartTimestampMonotonic")) / 1e6, hears(pi)
    return f"hears {heard - began:.1f} s after its start, {heard:.0f} s after the boot's"


def hears(pi: Pi) -> float:
    """When the program that runs now said that it hears the button, in seconds since the boot."""
    line = is_heard(pi)
    expect(bool(line), "the button is heard", "nothing of it in the log")
    return float(line.lstrip("[ ").split("]")[0])


def is_heard(pi: Pi) -> str:
    """The line in which the program that runs now said that it hears the button; nothing where it did not yet."""
    log = f"journalctl -b -o short-monotonic --no-pager _PID={pi.unit('MainPID')}"
    return pi.says(f"{log} | grep -m1 'is heard'")


def let_in_late(pi: Pi) -> str:
    """Started before the system lets it have the GPIO chip, as when the power comes on and the card is slow: the button
    and the light are there soon after.
    """
    pi.sh("systemctl stop bedside; chmod 600 /dev/gpiochip0; systemctl start bedside")
    said = told(pi, "button", well=False)
    pid = pi.unit("MainPID")
    pi.sh("sleep 45")  # it tries in vain, for longer than the watchdog waits
    let = float(pi.sh("chmod 660 /dev/gpiochip0; cut -d' ' -f1 /proc/uptime"))
    until("a press is heard", lambda: is_heard(pi))
    late = hears(pi) - let
    expect(pi.unit("MainPID") == pid, "the same process", pi.unit("MainPID"))
    expect(late < LATE, f"heard within {LATE:.0f} s", late)
    told(pi, "light", well=True)
    begin(pi)
    end(pi)
    return f"{said.says} Heard {late:.1f} s after it was let in; {first_come(pi)}"


def exposure(pi: Pi) -> str:
    """What systemd thinks of the unit's hardening: 0 is tight, 10 open."""
    return pi.says("systemd-analyze security bedside --no-pager").split(": ")[-1].split()[0]


def crash(pi: Pi) -> str:
    """Killed in mid-cramp: it is started again, the cramp goes on, the next press ends it."""
    cramp, restarts = opened(pi), int(pi.unit("NRestarts"))
    pid = pi.unit("MainPID")
    killed = float(pi.sh(f"kill -9 {pid} && cut -d' ' -f1 /proc/uptime"))
    until("it runs again", lambda: pi.unit("MainPID") != pid and pi.active())
    seconds = hears(pi) - killed
    after = newest(pi)
    expect((after["id"], after["state"]) == (cramp["id"], "open"), "the same cramp, open", after)
    expect(int(pi.unit("NRestarts")) == restarts + 1, "one restart", pi.unit("NRestarts"))
    expect(seconds < SLOW, f"hears again within {SLOW:.0f} s", seconds)
    lit(pi)
    ended = end(pi)
    expect(ended["id"] == cramp["id"] and ended["seconds"], "the same cramp, ended", ended)
    return f"hears again after {seconds:.1f} s; the same cramp went on, and was ended after {ended['seconds']:.1f} s"


def hang(pi: Pi) -> str:
    """Stopped dead, it is killed by the watchdog and started again."""
    pid, began = pi.unit("MainPID"), pi.uptime()
    pi.sh(f"kill -STOP {pid}")
    until("the watchdog ends it", lambda: pi.unit("MainPID") != pid and pi.active(), 90)
    seconds = hears(pi) - began
    press, _ = pressed(pi)
    return f"hears again {seconds:.1f} s after it hung; the next press {press['meaning']}"


def bad_settings(pi: Pi) -> str:
    """A mistake in the settings is told and not tried again; mended, it starts."""
    pi.sh("echo 'pni = 17' >> /etc/bedside/bedside.toml")
    pi.says("systemctl restart bedside 2>/dev/null")
    until("the service has failed", lambda: pi.unit("ActiveState") == "failed")
    status, sentence = pi.unit("ExecMainStatus"), pi.sh("journalctl -u bedside -o cat | grep 'bedside.toml, line'")
    expect(status == "78", "status 78", status)
    settle(pi)
    pi.sh("systemctl start bedside")
    until("the service is active", pi.active)
    return f"status 78, not restarted: {sentence.splitlines()[-1]}"


def power_cut(pi: Pi) -> str:
    """The plug is pulled in mid-cramp: it comes up by itself, every press is there, the cramp's end is unknown."""
    cramp, presses = opened(pi), pi.presses()
    pi.do("cut")
    pi.do("start")
    until("it comes up by itself", pi.active, 120)
    kept = [press["id"] for press in pi.presses()]
    expect(kept == [press["id"] for press in presses], "every press", kept)
    until("the cramp is closed", lambda: newest(pi)["state"] != "open")
    after = newest(pi)
    expect(after["id"] == cramp["id"], "the same cramp", after)
    expect(after["state"] == "end unknown" and after["seconds"] is None, "end unknown", after)
    sound = pi.rows("pragma integrity_check")[0]["integrity_check"]
    expect(sound == "ok", "a sound diary", sound)
    return f"{len(kept)} presses, none lost; end unknown; the diary is sound; {ready(pi)}"


def settle(pi: Pi) -> None:
    """The settings file, without a mistake."""
    pi.sh("mkdir -p /etc/bedside && echo 'pin = 17' > /etc/bedside/bedside.toml")
