"""Choose the rules by which a knowledge base cuts documents: one set for all its life."""

from dataclasses import asdict, fields
from pathlib import Path

from wherefrom.kb.errors import DamagedError, UsageError
from wherefrom.kb.manifest import Manifest, Settings
from wherefrom.kb.passages import PassageRules


def chosen_rules(
    choice: PassageRules | None, manifest: Manifest | None, folder: Path
) -> PassageRules:
    """Return the rules that the caller chose, or else those of the knowledge base.

    Raises
    ------
    UsageError
        If the knowledge base was made with others: its passages would no longer be alike.
    """
    if manifest is None:
        return PassageRules() if choice is None else choice
    made_with = read_rules(manifest.rules, folder)
    if choice is not None and choice != made_with:
        raise UsageError(
            f"{folder} was made with {made_with}, this build asks for {choice}: leave the rules "
            "out to take those it has, or build a new knowledge base"
        )
    return made_with


def write_rules(rules: PassageRules) -> Settings:
    """Return the fields of the rules for the manifest."""
    return asdict(rules)


def read_rules(settings: Settings, folder: Path) -> PassageRules:
    """Make the rules from their fields in the manifest of the knowledge base in `folder`.

    Raises
    ------
    DamagedError
        If they are not those of passage rules.
    """
    names = {field.name for field in fields(PassageRules)}
    if settings.keys() != names:
        raise DamagedError(
            f"{folder}: the manifest's rules have the fields {sorted(settings)}, "
            f"expected {sorted(names)}"
        )
    return PassageRules(**settings)  # type: ignore[arg-type]  # the manifest's sha256 vouches
