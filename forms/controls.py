"""Answers by content control: by its tag, which is the key of a question, or by its title, which may be its name."""

from forms.blank_marks import NO_PESEL, box_tag
from forms.document import Cell, Document, Text
from forms.gathering import Found, gather
from forms.labels import NOTHING, labels_of, plain
from forms.places import Container, containers, found_at
from models.form_definition import FormDefinition, Leaf, LeafType


def leaves_by_tag(document: Document, form: FormDefinition) -> dict[int, Leaf]:
    """The question of each control, by the control's number, as our blank form tags them."""
    leaf_of_tag = {leaf.key: leaf for leaf in form.leaves}
    for leaf in form.leaves:
        codes = [NO_PESEL] if leaf.type == LeafType.PESEL else [option.code for option in leaf.options]
        leaf_of_tag.update({box_tag(leaf.key, code): leaf for code in codes})
    return {control.number: leaf_of_tag[control.tag] for control in document.controls if control.tag in leaf_of_tag}


def leaves_by_title(document: Document, form: FormDefinition) -> dict[int, Leaf]:
    """Controls whose title is the name of one question alone."""
    labels = labels_of(form)
    found: dict[int, Leaf] = {}
    for control in document.controls:
        named = labels.named(control.alias) if control.alias and not control.tag else NOTHING
        if len(named.leaves) == 1 and named.likeness == 100:
            found[control.number] = named.leaves[0]
    return found


def by_control(document: Document, leaf_of_control: dict[int, Leaf], method: str) -> dict[str, tuple[Found, ...]]:
    """The answers in these controls, by the question's key."""
    found: dict[str, tuple[Found, ...]] = {}
    if not leaf_of_control:
        return found
    numbers_of = {
        leaf.key: frozenset(number for number, owner in leaf_of_control.items() if owner is leaf)
        for leaf in set(leaf_of_control.values())
    }
    for container in containers(document.blocks):
        present: dict[str, Leaf] = {}
        for paragraph in container.own_paragraphs:
            for item in paragraph.inlines:
                for number in item.controls:
                    if number in leaf_of_control:
                        present[leaf_of_control[number].key] = leaf_of_control[number]
        for leaf in present.values():
            numbers = numbers_of[leaf.key]
            whole = len(present) == 1 and isinstance(container, Cell) and not _names(container, leaf, numbers)
            place = gather(container.own_paragraphs, leaf, document.controls, None if whole else numbers)
            found[leaf.key] = (*found.get(leaf.key, ()), found_at(place, container, method))
    return found


def _names(container: Container, leaf: Leaf, numbers: frozenset[int]) -> bool:
    """Whether the question itself stands beside its controls, so that not all of the text is the answer."""
    names = [name for name in map(plain, (leaf.label, *leaf.aliases)) if name]
    for paragraph in container.own_paragraphs:
        outside = (
            item.text for item in paragraph.inlines if isinstance(item, Text) and not numbers & set(item.controls)
        )
        words = plain("".join(outside))
        if any(words == name or words.startswith(name + " ") for name in names):
            return True
    return False
