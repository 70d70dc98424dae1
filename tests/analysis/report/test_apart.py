from __future__ import annotations

from pathlib import Path

import pytest

from analysis.report.apart import typeset_apart
from analysis.report.typesetting import TemplateFault, typeset


def test_typeset_apart__same_bytes_and_faults_as_in_this_process(tmp_path: Path) -> None:
    template = tmp_path / "template.typ"
    head = '#let data = json(bytes(sys.inputs.data))\n#set document(title: "Thử")\n#set text(lang: "vi")\n'
    template.write_text(f"{head}= Thử\n#data.text", encoding="utf-8")
    data = {"text": "Xã Đô Lương"}
    assert typeset_apart(template, data) == typeset(template, data)
    template.write_text(head + "#nothing", encoding="utf-8")
    with pytest.raises(TemplateFault, match=r"template\.typ"):
        typeset_apart(template, data)
