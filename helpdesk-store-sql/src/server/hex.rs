//! Bytes as hexadecimal digits: what a value from outside becomes where it is spelt in a statement's text, so that it
//! can be nothing else than a value.

/// Adds the digits of these bytes.
pub(crate) fn hex(bytes: &[u8], text: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.reserve(bytes.len() * 2 + 16);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}
