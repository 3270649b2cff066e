"""QR codes, as pages show them and the API hands them out."""

import segno


def qr_code_uri(text: str, *, scale: int = 4) -> str:
    """Draw a text as the `data:` URI of an SVG, on white so that it's read in dark colours too."""
    return segno.make(text, error="m").svg_data_uri(scale=scale, border=2, light="#fff")
