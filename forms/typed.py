"""Values that an officer types: the same rules as for a form, and option codes are understood beside their labels."""

from forms.gathering import Found
from forms.normalise import normalise
from forms.outcome import Outcome
from models.form_definition import Leaf, LeafType
from models.territory import SHIPPED, Territory


def typed_value(leaf: Leaf, text: str, *, territory: Territory = SHIPPED) -> Outcome:
    """What a typed text says as an answer to ``leaf``; several choices are separated by commas or semicolons."""
    labels = {option.code: option.label for option in leaf.options}
    if leaf.type == LeafType.CHOICES:
        parts = [part.strip() for part in text.replace(";", ",").split(",")]
        if all(part in labels for part in parts):
            text = "\n".join(labels[part] for part in parts)
    else:
        text = labels.get(text.strip(), text)
    found = Found(text=text, marks=(), place="", path="", method="officer", certainty=100)
    return normalise(leaf, found, territory=territory)
