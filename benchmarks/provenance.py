"""What every result carries: the machine, the commit and the versions that made it."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from wherefrom.indexes.hardware import has_fast_bfloat16

PACKAGES = ("wherefrom", "numpy", "torch", "transformers", "sentence-transformers", "faiss-cpu")
CPU_DESCRIPTION = Path("/proc/cpuinfo")


def provenance(packages: tuple[str, ...] = PACKAGES) -> dict[str, Any]:
    """Describe this machine, the commit of the checkout and the packages that are installed."""
    return {
        "machine": {
            "cpu": _cpu_name(),
            "cores": os.cpu_count(),
            "gpu": _gpu_name(),
            "fast_bfloat16": has_fast_bfloat16(),
            "system": platform.platform(),
            "load_average": list(os.getloadavg()) if hasattr(os, "getloadavg") else None,
        },
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
    }


def place(name: str | Path) -> str:
    """Say where a file or folder is, from anywhere; what is none keeps its name."""
    path = Path(name)
    return str(path.absolute() if path.exists() else name)


def write_result(file: Path, result: Mapping[str, Any]) -> None:
    """Write a result with its provenance as JSON, making the folder where it is to lie."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**result, "made_by": provenance()}, indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _version(package: str) -> str | None:
    """Return the version of an installed package; None for one that another stands for."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gpu_name() -> str | None:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


def _cpu_name() -> str:
    if CPU_DESCRIPTION.is_file():
        for line in CPU_DESCRIPTION.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    """Return the commit that the code lies at, marked where files differ from it; None if none."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
