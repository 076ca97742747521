"""Choose the encoder of a knowledge base and refuse any other."""

from dataclasses import asdict, fields
from pathlib import Path

from wherefrom.indexes.encoder import Encoder, load_encoder
from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.kb.errors import DamagedError, EncoderMismatchError
from wherefrom.kb.manifest import Manifest, Settings


def chosen_encoder(
    choice: str | Encoder | None,
    manifest: Manifest | None,
    folder: Path,
    *,
    device: str | None = None,
) -> Encoder:
    """Load the encoder that the caller chose, or else the one of the knowledge base.

    Parameters
    ----------
    choice
        A hub name, a folder, or an encoder that is loaded already; None for no choice.
    manifest
        Of the knowledge base, None where there is none yet.
    folder
        The knowledge base, for messages.
    device
        Where the encoder runs, as torch names it; None chooses.

    Raises
    ------
    EncoderMismatchError
        If the knowledge base was made with another encoder.
    ModelError
        If the encoder cannot be loaded.
    """
    made_with = None if manifest is None else read_fingerprint(manifest.encoder, folder)
    if choice is None and made_with is not None:
        choice = made_with.reference
    if choice is None or isinstance(choice, str):
        choice = load_encoder(_absolute(choice), device=device)
    if made_with is not None:
        _require_same(made_with, choice.fingerprint, folder)
    return choice


def write_fingerprint(fingerprint: Fingerprint) -> Settings:
    """Return the fields of a fingerprint for the manifest."""
    return asdict(fingerprint)


def read_fingerprint(settings: Settings, folder: Path) -> Fingerprint:
    """Make the fingerprint from its fields in the manifest of the knowledge base in `folder`.

    Raises
    ------
    DamagedError
        If they are not those of a fingerprint.
    """
    names = {field.name for field in fields(Fingerprint)}
    if settings.keys() != names:
        raise DamagedError(
            f"{folder}: the manifest's encoder has the fields {sorted(settings)}, "
            f"expected {sorted(names)}"
        )
    return Fingerprint(**settings)  # type: ignore[arg-type]  # the manifest's sha256 vouches


def _absolute(reference: str | None) -> str | None:
    """Return a folder's whole path, so that it is found again from anywhere."""
    if reference is not None and Path(reference).is_dir():
        return str(Path(reference).resolve())
    return reference


def _require_same(made_with: Fingerprint, given: Fingerprint, folder: Path) -> None:
    if made_with.same_vectors(given):
        return
    pairs = [
        (field.name, getattr(made_with, field.name), getattr(given, field.name))
        for field in fields(Fingerprint)
    ]
    differences = [f"{name} {a!r} there, {b!r} here" for name, a, b in pairs if a != b]
    raise EncoderMismatchError(
        f"{folder} was made with the encoder {made_with.reference!r}, this is {given.reference!r}: "
        f"{'; '.join(differences)}. Vectors of two encoders cannot be compared: leave the encoder "
        "out to take the right one, or build a new knowledge base with this one"
    )
