"""The stretch page, `/stretch`: leads the running session in very large letters; else shows it, and starts it.

Source: docs/evidence.md, "The evening stretch", and the card of `evidence.toml`. Nothing here has been reviewed by a
clinician.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bedside.catalogue import N_, _
from bedside.diary.reader import reading
from bedside.night import cues
from bedside.night.cues import LEAD, Pose, Session, Step
from bedside.night.effects import Phase, StretchState
from bedside.night.state import Night
from bedside.pages import evening, guide, unreadable, words
from bedside.pages.habits_form import STRETCHES
from bedside.pages.house import House
from bedside.texts import posed

log = logging.getLogger(__name__)

ASKING_REFRESH = 5
WAITING_REFRESH = 15
LONGEST_STEP = 15
CHANGES = (Pose.TO_LEFT, Pose.TO_RIGHT)
AFTER_CHANGE = {
    Pose.CALF_LEFT: N_("Change, then left calf"),
    Pose.CALF_RIGHT: N_("Change, then right calf"),
    Pose.THIGH_LEFT: N_("Change, then left thigh"),
    Pose.THIGH_RIGHT: N_("Change, then right thigh"),
    Pose.SEATED_LEFT: N_("Change, then left leg"),
    Pose.SEATED_RIGHT: N_("Change, then right leg"),
}
HOLDS = frozenset(Pose) - {Pose.SETUP, Pose.SEAT, Pose.CHAIR, Pose.DONE, *CHANGES}

CAREFUL = (
    N_("Breathe normally all the way through. Never hold your breath."),
    N_("Go to a clear stretch, and no further."),
)
CAREFUL_STANDING = (
    N_("Bare feet or shoes, not socks."),
    N_("Have something firm to hold on to. The chair stands against a wall."),
)


@dataclass(frozen=True, slots=True)
class Lead:
    """The step that runs: `left` of its `length` in whole seconds, 1 to 15; `refresh` is when the page looks again."""

    name: str
    what: str
    hold: str
    left: int
    length: int
    then: str
    refresh: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the session's table. `what` is told where it is new."""

    at: str
    name: str
    what: str


def page(house: House, *, acted: bool = False) -> Mapping[str, object]:
    """What the template shows; `acted`: a button of the page was pressed just now, and may not be taken in yet."""
    night = house.night()
    if night.phase is Phase.STRETCHING:
        lead = leading(cues.session(night.stretch_standing), house.now().since_boot - night.stretch_from)
        return {"phase": night.phase.value, "lead": lead, "refresh": lead.refresh}
    if night.phase is Phase.CRAMPING:
        return {"phase": night.phase.value, "lead": None, "refresh": 0}
    standing = house.habits().standing_stretch
    steps = cues.session(standing)
    return {
        "phase": night.phase.value,
        "lead": None,
        "refresh": _refresh(night, acted),
        "standing": standing,
        "kind": _(STRETCHES["standing" if standing else "seated"]),
        "careful": tuple(map(_, (*(CAREFUL_STANDING if standing else ()), *CAREFUL))),
        "table": table(steps),
        "card": guide.card("stretch"),
        **_evening(house, night),
    }


def _refresh(night: Night, acted: bool) -> int:
    """Seconds until the page looks again: it follows an ask, and a press on the bed's own button."""
    if acted:
        return 1
    if night.phase is Phase.ASKING:
        return ASKING_REFRESH
    return WAITING_REFRESH if night.evening and not night.evening.over else 0


def leading(steps: Session, elapsed: float) -> Lead:
    """What is shown `elapsed` seconds after the session began. Never looks again before the next step has begun."""
    elapsed = max(0.0, elapsed)
    step, then = cues.pose_at(steps, max(0.0, elapsed - LEAD))
    poses = cues.poses(steps)
    begun = poses.index(step)
    name, what = posed(step.pose)
    holds = [pose for pose in poses if pose.pose in HOLDS]
    # Translators: how far along the stretch is, such as: Hold 3 of 12.
    hold = _("Hold %(number)s of %(all)s", number=holds.index(step) + 1, all=len(holds)) if step in holds else ""
    if then is None:
        return Lead(name, what, hold, left=1, length=1, then="", refresh=1)
    left = max(1, math.ceil(then.at + LEAD - elapsed))
    length = math.ceil(then.at - step.at)
    return Lead(name, what, hold, min(left, length), length, _then(poses[begun + 1 :]), left)


def table(steps: Session) -> tuple[Row, ...]:
    """The session's steps without the changes between them."""
    rows: list[Row] = []
    told: set[str] = set()
    for step in cues.poses(steps):
        if step.pose in CHANGES:
            continue
        name, what = posed(step.pose)
        rows.append(Row(_clock(step.at), name, "" if what in told else what))
        told.add(what)
    return tuple(rows)


def _then(coming: list[Step]) -> str:
    """What comes next; a change with what it leads to."""
    pose = coming[0].pose
    return _(AFTER_CHANGE[coming[1].pose]) if pose in CHANGES else posed(pose)[0]


def _evening(house: House, night: Night) -> Mapping[str, object]:
    """What the evening's stretch came to, by the running night or by the diary."""
    now = house.now().wall
    (day, other), today = house.evening(), now.astimezone(house.zone).date()
    weekday = words.weekday(other or day)
    named = _("Tonight") if today in (day, other) else _("The evening of %(weekday)s", weekday=weekday)
    return {"of_evening": named, **_came_to(house, night, day)}


def _came_to(house: House, night: Night, day: date) -> Mapping[str, object]:
    live = night.evening if night.evening and night.evening.date == day else None
    if live:
        return {"came_to": evening.came_to(None, live), "done": live.state is StretchState.COMPLETED}
    try:
        with reading(house.diary) as reader:
            kept = reader.stretch(day)
            said = evening.came_to(kept, None) if kept else _("Nothing yet.")
    except unreadable.ERRORS as error:
        log.warning("the page shows no stretch: %s", error)
        return {"came_to": _("Not known: the diary cannot be read just now."), "done": False}
    return {"came_to": said, "done": kept is not None and kept.state == StretchState.COMPLETED}


def _clock(seconds: float) -> str:
    """A time of the session, as a stop watch shows it: 1:30."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
