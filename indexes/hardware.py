"""Where an encoder runs, and in which kind of numbers."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wherefrom.kb.errors import UsageError

if TYPE_CHECKING:
    from torch import dtype

CPU_DESCRIPTION = Path("/proc/cpuinfo")


def choose_device(asked: str | None) -> str:
    """Return the device that was asked for, or the GPU of this machine, or the CPU.

    Raises
    ------
    UsageError
        If torch knows no such device, or cannot use it here.
    """
    import torch

    if asked is None:
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(0, device=asked)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(
            f"device {asked!r} cannot be used here; choose cpu, or cuda where torch sees a GPU: "
            f"{reason}"
        ) from error
    return asked


def choose_number_type(device: str) -> "dtype":
    """Return bfloat16 where the hardware computes in it, else float32."""
    import torch

    kind = device.partition(":")[0]
    if kind == "cpu":
        return torch.bfloat16 if has_fast_bfloat16() else torch.float32
    if kind == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    return torch.float32


def has_fast_bfloat16(description: Path = CPU_DESCRIPTION) -> bool:
    """Tell whether the CPU has bf16 instructions, emulation not counted.

    torch answers for x86; for ARM the kernel's description of the CPU does.
    """
    import torch

    if platform.machine().lower() in ("aarch64", "arm64"):
        if not description.is_file():
            return False
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
        return any(line.startswith("Features") and "bf16" in line.split() for line in lines)
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, bool)()) for name in checks)


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Let torch compute in one thread, also in threads that begin meanwhile; then as before."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
