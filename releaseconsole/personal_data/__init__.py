"""What the console holds of people, declared beside what holds it: found, handed out, erased by one list.

Each floor declares its holders when it starts; the compliance desk asks them all. A field, a key in Redis or
a file that nobody declares is what an erasure forgets, so a test walks every model.
"""

from releaseconsole.personal_data.holders import (
    DataClass,
    Found,
    Kept,
    PersonalDataHolder,
    Row,
    holder_register,
    holders,
)
from releaseconsole.personal_data.mentions import MentionsHolder, rows_naming
from releaseconsole.personal_data.needles import Needles
from releaseconsole.personal_data.own_words import needles_left_out, needles_of, own_words_register
from releaseconsole.personal_data.rows import RowsHolder, Table, scoped
from releaseconsole.personal_data.subjects import Identifier, IdentifierKind, Scoped, Subject
from releaseconsole.personal_data.suppression import (
    SuppressionList,
    suppression_current,
    suppression_install,
)
from releaseconsole.personal_data.tables import (
    app_asked,
    field_label,
    json_columns,
    model_of,
    rows_of,
    table_name,
)

__all__ = [
    "DataClass",
    "Found",
    "Identifier",
    "IdentifierKind",
    "Kept",
    "MentionsHolder",
    "Needles",
    "PersonalDataHolder",
    "Row",
    "RowsHolder",
    "Scoped",
    "Subject",
    "SuppressionList",
    "Table",
    "app_asked",
    "field_label",
    "holder_register",
    "holders",
    "json_columns",
    "model_of",
    "needles_left_out",
    "needles_of",
    "own_words_register",
    "rows_naming",
    "rows_of",
    "scoped",
    "suppression_current",
    "suppression_install",
    "table_name",
]
