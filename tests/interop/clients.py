"""A program for the environment of somebody else's client library; it does what a test says, one line of JSON each way.

    python clients.py nesp-lib | flowchem | ika-control

In: `{"do": NAME, ...}`. Out: `{"value": ...}`, or `{"error": CLASS, "text": ...}` where the library raised.
It never imports Ruggli, and Ruggli never imports it.
"""

import asyncio
import json
import sys
import warnings
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NespLib:
    """A New Era pump, driven by nesp-lib."""

    def connect(self, port: str, address: int, safe_mode_s: int) -> dict[str, Any]:
        import nesp_lib  # type: ignore[import-not-found]

        self._names = nesp_lib
        self._pump = nesp_lib.Pump(nesp_lib.Port(port, 19200), address=address, safe_mode_timeout_s=safe_mode_s)
        return {"model": self._pump.model_number, "firmware": list(self._pump.firmware_version)}

    def set(self, bore_mm: float, volume_mL: float, rate_mL_min: float) -> None:  # noqa: N803
        pump = self._pump
        pump.syringe_diameter_mm = bore_mm
        pump.pumping_direction = self._names.PumpingDirection.INFUSE
        pump.pumping_volume_ml = volume_mL
        pump.pumping_rate_ml_per_min = rate_mL_min

    def settings(self) -> dict[str, Any]:
        pump = self._pump
        return {
            "bore_mm": pump.syringe_diameter_mm,
            "direction": pump.pumping_direction.name,
            "volume_mL": pump.pumping_volume_ml,
            "rate_mL_min": pump.pumping_rate_ml_per_min,
            "safe_mode_s": pump.safe_mode_timeout_s,
        }

    def run(self) -> None:
        self._pump.run(wait_while_running=False)

    def stop(self) -> None:
        self._pump.stop()

    def status(self) -> str:
        return str(self._pump.status.name)

    def counters(self) -> list[float]:
        return [self._pump.volume_infused_ml, self._pump.volume_withdrawn_ml]

    def clear(self) -> None:
        self._pump.volume_infused_clear()
        self._pump.volume_withdrawn_clear()


class Awaited:
    """What the asynchronous libraries have in common: one event loop for the whole conversation."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def _wait(self, call: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(call)


class Flowchem(Awaited):
    """A Harvard Pump 11 Elite, driven by flowchem; address -1 lets it look for the pump."""

    def connect(self, port: str, address: int, bore_mm: float, syringe_mL: float) -> dict[str, Any]:  # noqa: N803
        from flowchem.devices.harvardapparatus.elite11 import Elite11  # type: ignore[import-not-found]

        async def start() -> Any:
            pump = Elite11.from_config(
                port=port,
                address=address,
                syringe_diameter=f"{bore_mm} mm",
                syringe_volume=f"{syringe_mL} ml",
                name="pump",
            )
            await pump.initialize()
            return pump

        self._pump = self._wait(start())
        info = self._wait(self._pump.pump_info())
        return {
            "version": self._wait(self._pump.version()),
            "address": self._pump.address,
            "type": info.pump_description,
            "infuse_only": info.infuse_only,
        }

    def set(self, volume_mL: float, rate_mL_min: float) -> list[str]:  # noqa: N803
        """Returns the library's warnings: it raises nothing where the pump refuses a target."""
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            self._wait(self._pump.set_target_volume(f"{volume_mL} ml"))
            self._wait(self._pump.set_flow_rate(f"{rate_mL_min} ml/min"))
        return [str(warning.message) for warning in seen]

    def settings(self) -> dict[str, Any]:
        pump = self._pump
        return {
            "bore": self._wait(pump.get_syringe_diameter()),
            "syringe": self._wait(pump.get_syringe_volume()),
            "rate_mL_min": self._wait(pump.get_flow_rate()),
            "force_percent": self._wait(pump.get_force()),
        }

    def run(self) -> None:
        self._wait(self._pump.infuse())

    def stop(self) -> None:
        self._wait(self._pump.stop())

    def moving(self) -> bool:
        return bool(self._wait(self._pump.is_moving()))

    def flow(self) -> float:
        return float(self._wait(self._pump.get_current_flow_rate()))

    def counter(self) -> float:
        """mL. flowchem has no call for the counter; the question goes through its own framing and parser."""
        from flowchem import ureg  # type: ignore[import-not-found]

        text = self._wait(self._pump._send_command_and_read_reply("ivolume"))
        return float(ureg.Quantity(text).m_as("ml"))


class IkaControl(Awaited):
    """An IKA plate, driven by ika-control."""

    def connect(self, port: str) -> Any:
        from ika import Hotplate  # type: ignore[import-not-found]

        self._plate = Hotplate(port)
        return self._wait(self._plate.get_info())

    def set(self, temperature_degC: float, speed_rpm: float) -> None:  # noqa: N803
        self._wait(self._plate.set("process", temperature_degC))
        self._wait(self._plate.set("shaker", speed_rpm))

    def switch(self, what: str, on: bool) -> None:
        self._wait(self._plate.control(what, on))

    def get(self) -> Any:
        return self._wait(self._plate.get())


CLIENTS = {"nesp-lib": NespLib, "flowchem": Flowchem, "ika-control": IkaControl}


def main() -> None:
    """Answer until the input ends. What a library prints goes to the standard error."""
    replies, sys.stdout = sys.stdout, sys.stderr
    client = CLIENTS[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            told: dict[str, Any] = {"value": getattr(client, request.pop("do"))(**request)}
        except Exception as error:
            alarm = getattr(error, "alarm_status", None)
            told = {"error": type(error).__name__, "text": str(error) if alarm is None else str(alarm.name)}
        replies.write(json.dumps(told) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
