"""The base of every model that is read from a file."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, strict, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)
