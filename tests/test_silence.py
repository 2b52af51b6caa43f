"""The daemon sends nothing out: in a network of its own, every packet that would leave the device is counted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = r"""
import json, os, re, signal, socket, subprocess, sys, time
from pathlib import Path
from tests.visitor import Visitor

folder = Path(sys.argv[1])
for words in (
    "link set lo up", "link add home type veth peer name wall", "addr add 192.168.1.23/24 dev home",
    "link set wall up", "link set home up", "neigh add 192.168.1.1 lladdr 02:00:00:00:00:01 dev home",
    "route add default via 192.168.1.1",
):
    subprocess.run(["ip", *words.split()], check=True)

def sent():
    line = next(line for line in Path("/proc/net/dev").read_text().splitlines() if "home:" in line)
    return int(line.split(":")[1].split()[9])

def settled():
    # The kernel itself looks for neighbours and routers when a link comes up; it gives up after some seconds.
    count, since = sent(), time.monotonic()
    while time.monotonic() - since < 6:
        time.sleep(0.5)
        if sent() != count:
            count, since = sent(), time.monotonic()
    return count

Path("/proc/sys/net/ipv6/conf/home/disable_ipv6").write_text("1")
before = settled()
(folder / "bedside.toml").write_text("port = 18999\n")
command = [sys.executable, "-c", "from bedside.cli import main; main()"]
environment = {**os.environ, "HOME": str(folder)}
service = subprocess.Popen([*command, "run", "--settings", str(folder / "bedside.toml")], env=environment,
                           stderr=(folder / "stderr").open("wb"))
def asked(*words):
    return subprocess.run([*command, *words], env=environment, capture_output=True, text=True).stdout
until = time.monotonic() + 60
while not re.search(r"well +page ", asked("check", "--settings", str(folder / "bedside.toml"))):
    assert time.monotonic() < until, (folder / "stderr").read_text()
code = re.search(r"code +(\d{3} \d{3})", asked("pair"))[1]
phone = Visitor(18999, "192.168.1.23")
answers = [phone.post("/pair", code=code).status]
answers += [phone.get(path).status for path in ("/", "/settings", "/stretch", "/relief", "/pair")]
answers += [phone.post("/settings/try", at="evening").status]
time.sleep(25)  # a look at the clock, the sensor, the voice and every other duty
service.send_signal(signal.SIGTERM)
ended = service.wait(30)
after = sent()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
    wire.sendto(b"x", ("203.0.113.7", 53))
time.sleep(0.5)
print(json.dumps({"answers": answers, "ended": ended, "daemon": after - before, "control": sent() - after}))
"""


@pytest.mark.slow
@pytest.mark.needs("unshare", "ip")
def test_the_daemon_sends_no_packet_out_whatever_is_asked_of_it(tmp_path: Path) -> None:
    command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", SCRIPT, str(tmp_path)]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {"answers": [303, 200, 200, 200, 200, 200, 303], "ended": 0, "daemon": 0, "control": 1}
