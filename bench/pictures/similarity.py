"""How near a variant is to what a full decode and Lanczos make of its source."""

from __future__ import annotations

import io
import statistics
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[[Path, int, int], bytes]
    """Photo, width, quality to a JPEG."""


class References:
    """The reference of each photo at each width, made once."""

    def __init__(self, photos: list[Path], widths: tuple[int, ...]) -> None:
        self.photos = photos
        self._lumas: dict[tuple[Path, int], NDArray[np.uint8]] = {}
        for photo in photos:
            with Image.open(photo) as picture:
                whole = picture.convert("RGB")
            for width in widths:
                size = width, round(whole.height * width / whole.width)
                small = whole.resize(size, Image.Resampling.LANCZOS)
                self._lumas[photo, width] = np.asarray(small.convert("L"))

    def measure(self, make: Make, width: int, quality: int) -> tuple[float, float]:
        """Return the mean SSIM of luma (Wang et al. 2004), and the mean of bytes."""
        values, sizes = [], []
        for photo in self.photos:
            data = make(photo, width, quality)
            with Image.open(io.BytesIO(data)) as variant:
                luma = np.asarray(variant.convert("L"))
            ssim = structural_similarity(
                self._lumas[photo, width], luma, gaussian_weights=True, sigma=1.5,
                use_sample_covariance=False, data_range=255,
            )  # fmt: skip
            values.append(float(ssim))
            sizes.append(len(data))
        return statistics.fmean(values), statistics.fmean(sizes)

    def equal_quality(self, make: Make, width: int, ssim: float) -> tuple[int, float, float]:
        """Return the quality whose SSIM is nearest to `ssim`, its SSIM and its bytes."""
        low, high = 60, 97
        found = {each: self.measure(make, width, each) for each in (low, high)}
        while high - low > 1:
            middle = (low + high) // 2
            found[middle] = self.measure(make, width, middle)
            low, high = (middle, high) if found[middle][0] < ssim else (low, middle)
        quality = min((low, high), key=lambda each: abs(found[each][0] - ssim))
        return quality, *found[quality]
