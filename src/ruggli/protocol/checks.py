"""What can be judged about a protocol without a rig: every check there is."""

from ruggli.protocol.analyses import check_analyses
from ruggli.protocol.attendance import check_attendance
from ruggli.protocol.classes import check_classes
from ruggli.protocol.dosing import check_dosing
from ruggli.protocol.finding import Finding
from ruggli.protocol.flow import check_flow
from ruggli.protocol.identity import check_chemistry, check_formulas
from ruggli.protocol.interlocks import check_settings, check_stirring, check_unanswered
from ruggli.protocol.isolation import check_isolation
from ruggli.protocol.lengths import check_lengths
from ruggli.protocol.model import Protocol
from ruggli.protocol.references import check_names, check_references
from ruggli.protocol.substances import check_charges, check_reagents, check_solutions, check_uses

CHECKS = (
    check_names,
    check_references,
    check_reagents,
    check_formulas,
    check_chemistry,
    check_solutions,
    check_uses,
    check_charges,
    check_dosing,
    check_classes,
    check_lengths,
    check_stirring,
    check_unanswered,
    check_settings,
    check_attendance,
    check_flow,
    check_analyses,
    check_isolation,
)


def check_protocol(protocol: Protocol) -> tuple[Finding, ...]:
    """Every finding about a protocol; pure."""
    return tuple(finding for check in CHECKS for finding in check(protocol))
