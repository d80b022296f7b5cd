"""What every part of a protocol file is."""

from pydantic import ConfigDict

from ruggli.documents.model import Model as StrictModel


class Model(StrictModel):
    """A part of a protocol file. Lists and words arrive as YAML has them; every value is read strictly by its field."""

    model_config = ConfigDict(strict=False)
