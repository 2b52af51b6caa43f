"""A system to install on: a copy of this computer's root file system, whose changes are forgotten at the end."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OUTSIDE = {
    "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",  # the system's own Python
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
}
ADDRESS = "192.168.7.7"  # it reaches nothing but itself

# The changes lie in memory, in a mount namespace that ends with this process, and that with its input.
_SET_UP = """
set -e
mount -t tmpfs none "$1"
cd "$1"
mkdir changes work root
mount -t overlay overlay -o lowerdir="$2",upperdir=changes,workdir=work root
mount -t proc none root/proc
mount -t tmpfs none root/run
mount -t tmpfs none root/tmp
mount -t tmpfs -o mode=755 none root/dev
for each in null zero full random urandom tty; do
    touch root/dev/$each
    mount --bind /dev/$each root/dev/$each
done
ip link set lo up
ip address add ADDRESS/24 dev lo
echo ready
read -r _
""".replace("ADDRESS", ADDRESS)


class System:
    """A root of its own, with the files of this computer, but neither its network nor its services."""

    def __init__(self, holder: int, root: Path) -> None:
        self._inside = ["nsenter", f"--target={holder}", "--mount", "--net", "chroot", str(root)]
        self.root = Path(f"/proc/{holder}/root{root}")  # as this process sees it

    def command(self, script: str, *, user: str = "root") -> list[str]:
        """The command that runs a shell script in there."""
        become = ["runuser", "-u", user, "--"] if user != "root" else []
        return [*self._inside, *become, "sh", "-c", f"cd / && {script}"]

    def sh(self, script: str, *, ends: int = 0) -> str:
        """Run a shell script in there as root, which must end with this status; what it printed, on both channels."""
        done = subprocess.run(
            self.command(script),
            env=OUTSIDE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == ends, f"{script}\nended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def at_a_terminal(self, script: str, question: str, answer: str) -> str:
        """Run a shell script in there as root at a terminal, and type this answer once this question stands there (what
        is typed before, apt drops); all that the terminal showed.
        """
        master, terminal = os.openpty()
        environment = OUTSIDE | {"DEBIAN_FRONTEND": "readline", "TERM": "xterm"}
        command = ["setsid", "--ctty", "--wait", *self.command(script)]
        with subprocess.Popen(command, env=environment, stdin=terminal, stdout=terminal, stderr=terminal) as process:
            os.close(terminal)
            shown = ""
            while more := _read(master):
                if question in shown + more and question not in shown:
                    os.write(master, f"{answer}\n".encode())
                shown += more
        os.close(master)
        assert process.returncode == 0, f"{script}\nended with {process.returncode}:\n{shown}"
        return shown


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # nobody has its other end any more
        return ""


@contextmanager
def copied(folder: Path, below: Path = Path("/")) -> Iterator[System]:
    """A copy of the files `below`, mounted on the empty `folder`. Only root can make one."""
    command = ["unshare", "--mount", "--net", "sh", "-c", _SET_UP, "sh", str(folder), str(below)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline() == "ready\n", "no overlay could be mounted here"
        yield System(holder.pid, folder / "root")


def may_mount() -> bool:
    """Whether this user can make a copy."""
    return os.geteuid() == 0
