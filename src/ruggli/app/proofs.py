"""Proofs of dead-men: a file beside the rig file, and what of it is still valid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from ruggli.app.request import RunRequest
from ruggli.devices.pump import Identity
from ruggli.documents.place import problem_at
from ruggli.documents.problem import Problem, Severity
from ruggli.errors import InputError
from ruggli.rig.loader import RigFile
from ruggli.rig.ports import port_address
from ruggli.world.disk import is_file, read_file, write_file

VERSION = 1
VALID = timedelta(days=30)
"""How long a proof holds: a device is seldom exchanged or repaired unnoticed for longer."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That one device stopped by itself.

    Attributes:
        identity: who was tried.
        driver: driver name.
        dead_man_s: the silence that was set, s; a shorter one is proved with it.
        seen: what was read afterwards.
        date: when, ISO 8601 with offset.
        entry: SHA-256 of the device's entry in the rig file.
        program: version of Ruggli.
    """

    identity: Identity
    driver: str
    dead_man_s: float
    seen: str
    date: str
    entry: str
    program: str


def proof_path(rig_file: str) -> str:
    """Where the proofs of a rig file are: `bench.yaml` has `bench.proof.json` beside it."""
    stem, dot, ending = rig_file.rpartition(".")
    return f"{stem if dot and ending in ('yaml', 'yml', 'json') else rig_file}.proof.json"


def entry_hash(rig: RigFile, device: str) -> str:
    """SHA-256 of what the rig file says of a device, however it is laid out."""
    devices = rig.document.plain()["devices"]
    entry = devices[device] if isinstance(devices, dict) else None
    return sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def read_proofs(rig: RigFile) -> dict[str, Proof]:
    """The proofs beside a rig file, by device; none where there is no file.

    Raises:
        InputError: the file is there and cannot be understood.
    """
    path = proof_path(rig.document.file)
    if not is_file(rig.document.file) or not is_file(path):
        return {}
    try:
        told = json.loads(read_file(path, "proof"))
        if told["proof"] != VERSION:
            raise InputError(f"{path}: version {told['proof']!r} of the file is not read; prove the rig again")
        return {name: _proof(data) for name, data in told["devices"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path}: this is no proof file; delete it and prove the rig again ({error})") from error


def _proof(data: Mapping[str, Any]) -> Proof:
    return Proof(**{**data, "identity": Identity(**data["identity"])})


def write_proofs(rig: RigFile, proofs: Mapping[str, Proof]) -> str:
    """Keep proofs; those of other devices stay. Returns the path. Raises `InputError`."""
    path = proof_path(rig.document.file)
    try:
        known = read_proofs(rig)
    except InputError:
        known = {}
    devices = {name: asdict(proof) for name, proof in {**known, **proofs}.items() if name in rig.rig.devices}
    write_file(path, json.dumps({"proof": VERSION, "devices": devices}, indent=2).encode() + b"\n")
    return path


def withdraw_proof(rig: RigFile, device: str) -> None:
    """Forget the proof of a device that has just not stopped by itself."""
    try:
        known = read_proofs(rig)
    except InputError:
        return
    if known.pop(device, None) is not None:
        devices = {name: asdict(proof) for name, proof in known.items()}
        data = json.dumps({"proof": VERSION, "devices": devices}, indent=2).encode() + b"\n"
        write_file(proof_path(rig.document.file), data)


def why_not_proved(rig: RigFile, device: str, proof: Proof | None, now: datetime) -> str:
    """Why a dead-man does not count as proved, "" where it does."""
    if proof is None:
        return "was never proved"
    if proof.entry != entry_hash(rig, device):
        return "was proved with another entry in the rig file"
    age = now - datetime.fromisoformat(proof.date)
    if not timedelta(0) <= age <= VALID:
        return f"was proved on {proof.date[:10]}, more than {VALID.days} days ago"
    return ""


def missing_proofs(
    rig: RigFile, devices: Iterable[str], waived: Iterable[str], now: datetime, severity: Severity
) -> tuple[Problem, ...]:
    """What an unattended run lacks: `E-PROOF`, or as a note `N-PROOF`. Simulated devices need no proof.

    Args:
        rig: the rig file.
        devices: those that the plan uses and that have a dead-man.
        waived: devices for which a person takes the responsibility.
        now: date of today.
        severity: error for a run, note where the run is only planned.
    """
    needed = [
        name for name in devices if name not in set(waived) and not port_address(rig.rig.devices[name].port).simulated
    ]
    if not needed:
        return ()
    unreadable = ""
    try:
        known = read_proofs(rig)
    except InputError as error:
        known, unreadable = {}, str(error)
    code = "E-PROOF" if severity is Severity.ERROR else "N-PROOF"
    return tuple(
        problem_at(
            rig.document,
            ("devices", name),
            code,
            severity,
            f"that {name} stops by itself {unreadable or why}, and the run is unattended",
            value=unreadable or why,
            bound=f"a proof of this device with this entry, at most {VALID.days} days old",
            remedy=f"ruggli rig prove {rig.document.file} --device {name}, or waive it: "
            f"--waive {name} --reason TEXT --by NAME",
        )
        for name in needed
        if (why := why_not_proved(rig, name, known.get(name), now))
    )


def proved_identities(request: RunRequest) -> dict[str, Identity]:
    """On which devices the dead-men of an unattended run were proved; simulated and waived ones have no proof."""
    if request.simulate or request.only_simulated or not request.plan.unattended:
        return {}
    waived = [waiver.device for waiver in request.waivers]
    used = [device.name for device in request.plan.devices if device.name not in waived]
    known = read_proofs(request.rig)
    return {name: known[name].identity for name in used if name in known}
