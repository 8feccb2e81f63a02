"""Store the points that MediaPipe puts on the photos of a folder; needs mediapipe 0.10.21 and nothing of this project.

Points are stored in tenths of a pixel, for the plain network and for the one with attention (its 468 first points).
"""

import sys
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np


def points(folder: Path, attention: bool) -> np.ndarray:
    """Return the points of 0.png, 1.png and so on, shape (photos, 468, 2)."""
    found = []
    options = {"static_image_mode": True, "max_num_faces": 1, "refine_landmarks": attention}
    with mp.solutions.face_mesh.FaceMesh(**options) as net:
        for number in range(len(list(folder.glob("*.png")))):
            codes = cv2.imread(str(folder / f"{number}.png"))
            face = net.process(np.ascontiguousarray(codes[..., ::-1])).multi_face_landmarks[0]
            found.append([(p.x * codes.shape[1], p.y * codes.shape[0]) for p in face.landmark[:468]])
    return np.array(found)


if __name__ == "__main__":
    folder, out = map(Path, sys.argv[1:])
    kept = {name: points(folder, name == "attention") for name in ("plain", "attention")}
    np.savez_compressed(out, **{name: (10 * value).round().astype(np.uint16) for name, value in kept.items()})
