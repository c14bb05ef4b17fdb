"""No mistake is left without words."""

import re

from models.project import ProjectDefinition
from models.project_mistakes import PATTERNS


def test_every_pattern_of_the_definition_has_its_polish_sentence() -> None:
    schema = str(ProjectDefinition.model_json_schema())
    used = {pattern.replace("\\\\", "\\") for pattern in re.findall(r"'pattern': '([^']*)'", schema)}

    assert used == set(PATTERNS)
