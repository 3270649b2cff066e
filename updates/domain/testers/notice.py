"""The notice at collection: what a tester agrees to. Its version is kept with each consent."""

from typing import Final

# Raised with every change of the words in `templates/beta/part_notice.html`.
NOTICE_VERSION: Final = "2026-11-30"
