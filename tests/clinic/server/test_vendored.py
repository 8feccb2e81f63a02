"""What we did not write lies unchanged, and asks nobody else for anything."""

import hashlib
from pathlib import Path

import pytest

from needlepoint import clinic

STATIC = Path(clinic.__file__).parent / "static" / "clinic"
DIGESTS = {
    "htmx-2.0.11.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "zxing/zxing_reader.wasm": "e8af31edb56d0522f4de74495839385ef019ba8bc90d38e5ecb2f18795d86fb2",
    "zxing/reader.js": "f081409257dce70cbe42fc2227bf942905a7d295f1da3260a5b6f46fe0fca2e5",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_file_that_we_did_not_write_is_the_one_we_took_in(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_no_script_or_style_names_another_server():
    scripts = [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]
    assert len(scripts) > 8
    for script in scripts:
        text = script.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert "http://" not in text, script
        assert "https://" not in text, script
