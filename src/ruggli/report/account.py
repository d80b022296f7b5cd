"""The account of a run: everything that a report tells, read once from the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruggli.journal.reader import JournalView
from ruggli.quantities.base import Celsius, Millilitres, Seconds
from ruggli.report.contents import VesselTrack, vessels_of
from ruggli.report.feeds import FeedTrack, tracks_of
from ruggli.report.happenings import Happenings, guardian_note, happenings_of
from ruggli.report.kept import KeptCourse, RatioRow, kept_of, ratios_of
from ruggli.report.planned import feeds_of, steps_of
from ruggli.report.plates import PlateTrack, plates_of
from ruggli.report.runclock import Timed, timed
from ruggli.report.samples import SampleRow, samples_of

COMPLETE = "complete"
"""Verdict of a run whose steps are all done."""

INTERRUPTED = "interrupted"
"""Verdict of a run whose journal has no end: it goes on, or its program was killed."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step, planned and actual; times from the start of the run.

    Attributes:
        id: id in the protocol file.
        number: 1-based.
        title: one line for people.
        source: where the procedure has it.
        planned_start: planned time.
        planned: planned duration.
        start: when it began, None where it never did.
        end: when it ended, None where it never did.
        lasted: how long, up to the end of the record where it did not end; None where it never began.
        waited: how much of that the run was held or without a controller.
    """

    id: str
    number: int
    title: str
    source: str
    planned_start: Seconds
    planned: Seconds
    start: Seconds | None
    end: Seconds | None
    lasted: Seconds | None
    waited: Seconds

    @property
    def state(self) -> str:
        """In words: done, not finished, not begun."""
        return "not begun" if self.start is None else "not finished" if self.end is None else "done"


@dataclass(frozen=True, slots=True)
class DoseRow:
    """One solution of a step; `truth` is what the simulated vessel holds of it."""

    step: str
    solution: str
    device: str
    planned: Millilitres
    low: Millilitres
    high: Millilitres
    truth: Millilitres | None

    @property
    def middle(self) -> Millilitres:
        """Middle of the delivered interval."""
        return Millilitres((self.low + self.high) / 2)


@dataclass(frozen=True, slots=True)
class Account:
    """A run as its journal tells it.

    Attributes:
        view: the journal.
        opening: its first record.
        plan: the plan in it.
        end: its end record, {} where there is none.
        verdict: how it ended.
        cause: why, one sentence.
        records: all records with their times.
        duration: time of the last record.
        samples: the sample records.
        analyses: the samples that were taken for analysis.
        feeds: course of every feed.
        plates: course of every hotplate.
        vessels: course of every vessel.
        steps: the step table.
        doses: the dose table.
        kept: concentrations that were to be kept low.
        ratios: mole ratios in which feeds were to flow.
        happenings: everything beside the plan.
    """

    view: JournalView
    opening: Mapping[str, Any]
    plan: Mapping[str, Any]
    end: Mapping[str, Any]
    verdict: str
    cause: str
    records: tuple[Timed, ...]
    duration: Seconds
    samples: tuple[Timed, ...]
    analyses: tuple[SampleRow, ...]
    feeds: tuple[FeedTrack, ...]
    plates: tuple[PlateTrack, ...]
    vessels: tuple[VesselTrack, ...]
    steps: tuple[StepRow, ...]
    doses: tuple[DoseRow, ...]
    kept: tuple[KeptCourse, ...]
    ratios: tuple[RatioRow, ...]
    happenings: Happenings

    @property
    def run(self) -> str:
        """Id of the run."""
        return str(self.opening.get("run", ""))

    @property
    def simulated(self) -> bool:
        """Whether the bench was simulated."""
        return bool(self.opening.get("simulated")) or bool(self.opening.get("in_process"))

    @property
    def hottest(self) -> Celsius | None:
        """Highest probe reading, None without any."""
        told = self.end.get("max_temperature_degC")
        read = [plate.hottest for plate in self.plates if plate.hottest is not None]
        return Celsius(float(told)) if told is not None else max(read, default=None)


def account_of(view: JournalView, guardian: Sequence[Mapping[str, Any]] = ()) -> Account:
    """Read a journal into an account. Pure; a journal that breaks off anywhere gives one too.

    Args:
        view: the journal.
        guardian: what the guardian did after the journal's last record.
    """
    records = timed(view.records)
    opening = records[0].record.data
    plan = opening.get("plan") or {}
    end = _end(view)
    told = [item for item in records if item.record.kind != "seal"]
    duration = told[-1].at
    samples = tuple(item for item in records if item.record.kind == "sample")
    analyses = samples_of(records)
    feeds = tracks_of(records, feeds_of(plan))
    happenings = happenings_of(records)
    notes = tuple(guardian_note(duration, told) for told in guardian)
    happenings = replace(happenings, notes=happenings.notes + notes)
    unknown = "the journal has no end: the run still goes on, or its program was cut off"
    if view.damage:
        unknown = "how the run ended cannot be told: the journal is damaged"
    steps = _steps(records, plan, duration, happenings)
    vessels = vessels_of(records, [item.at for item in samples], plan, feeds, analyses)
    starts = {row.id: row.start for row in steps if row.start is not None}
    return Account(
        view=view,
        opening=opening,
        plan=plan,
        end=end,
        verdict=str(end.get("verdict", INTERRUPTED)),
        cause=str(end.get("cause", unknown)),
        records=records,
        duration=duration,
        samples=samples,
        analyses=analyses,
        feeds=feeds,
        plates=plates_of(records),
        vessels=vessels,
        steps=steps,
        doses=_doses(feeds, end),
        kept=kept_of(plan, feeds, vessels, samples, starts),
        ratios=ratios_of(plan, feeds),
        happenings=happenings,
    )


def _end(view: JournalView) -> Mapping[str, Any]:
    end, session = view.last("end"), view.last("session")
    if end is None or (session is not None and session.number > end.number):
        return {}
    return end.data


def _steps(
    records: tuple[Timed, ...], plan: Mapping[str, Any], duration: Seconds, happenings: Happenings
) -> tuple[StepRow, ...]:
    begun: dict[str, Seconds] = {}
    ended: dict[str, Seconds] = {}
    for item in records:
        if item.record.kind == "step":
            step = str(item.record.data["step"])
            if item.record.data.get("what") == "begin":
                begun.setdefault(step, item.at)
            else:
                ended[step] = item.at
    rows = []
    for planned in steps_of(plan):
        start, end = begun.get(planned["id"]), ended.get(planned["id"])
        until = duration if end is None else end
        waited = 0.0 if start is None else sum(span.within(start, until) for span in happenings.spans)
        rows.append(
            StepRow(
                id=str(planned["id"]),
                number=int(planned["number"]),
                title=str(planned["title"]),
                source=str(planned["source"]),
                planned_start=Seconds(float(planned["start_s"])),
                planned=Seconds(float(planned["duration_s"])),
                start=start,
                end=end,
                lasted=None if start is None else Seconds(until - start),
                waited=Seconds(waited),
            )
        )
    return tuple(rows)


def _doses(feeds: tuple[FeedTrack, ...], end: Mapping[str, Any]) -> tuple[DoseRow, ...]:
    told = {(row["step"], row["solution"], row["device"]): row for row in end.get("doses", ())}
    rows = []
    for track in feeds:
        feed, final = track.feed, track.final
        row = told.get(feed.key)
        low, high = (0.0, 0.0) if final is None else (final.low, final.high)
        truth = None
        if row is not None:
            low, high = (float(value) for value in row["delivered_mL"])
            truth = row.get("truth_mL")
        rows.append(
            DoseRow(
                step=feed.step,
                solution=feed.solution,
                device=feed.device,
                planned=feed.planned,
                low=Millilitres(low),
                high=Millilitres(high),
                truth=None if truth is None else Millilitres(float(truth)),
            )
        )
    return tuple(rows)
