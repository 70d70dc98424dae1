"""`python -m survey_app.translations`: bring the catalogues up to date with what pages say."""

from __future__ import annotations

from survey_app.translations import renew

for language, left in renew().items():
    if language != "en":  # English sentences are their own keys
        print(f"{language}: {len(left)} sentences without a translation")
        for sentence in left:
            print(f"  {sentence}")
