"""Text of strangers -> text that is safe to print: a document must not steer the reader's terminal."""

_KEPT = "\n\t"
# controls (escape sequences begin with one), and marks that turn the direction of what follows
_STEERING: dict[int, str] = {
    **{code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _KEPT},
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"),
    # marks without a shape of their own, which stray into honest texts: nothing is shown in their place
    **dict.fromkeys((0x061C, 0x200E, 0x200F), "\u200b"),
}
_ESCAPED = {code: f"\\u{code:04x}" for code in _STEERING}


def visible(text: str) -> str:
    """The text with every control character but line breaks and tabs replaced by ``\ufffd``; its length stays."""
    return text.translate(_STEERING)


def escaped(json_text: str) -> str:
    """JSON with the same characters written as escapes: the same value, and safe to print."""
    return json_text.translate(_ESCAPED)
