//! How a value stands in the engine: a version byte, a checksum over key and value, and the value, cut into pieces
//! that the engine syncs. What a value means is not known here.
//!
//! sled writes what is longer than about 128 kB into files of their own, which it never syncs, and copies whole nodes
//! of several values. So no value is longer than [`PIECE`]; the rest stands under keys of its own.

use super::engine::{Batch, Bytes};
use super::error::Fault;
use super::layout::Key;

/// The version of this form.
const FORM: u8 = 1;
/// Form, number of further pieces, checksum.
const HEAD: usize = 1 + 2 + 4;
/// Most bytes of a value that stand under one key.
pub(crate) const PIECE: usize = 5 * 1024;

/// Puts a value under a key, in the place of one that had `before` further pieces.
pub(crate) fn seal(key: &Key, value: &[u8], before: u16, batch: &mut Batch) -> Result<(), Fault> {
    let (first, rest) = value.split_at(value.len().min(PIECE));
    let pieces = u16::try_from(rest.len().div_ceil(PIECE)).map_err(|_| Fault::Limit("a value is too large"))?;
    let mut head = Vec::with_capacity(HEAD + first.len());
    head.push(FORM);
    head.extend(pieces.to_be_bytes());
    head.extend(checksum(key, value).to_be_bytes());
    head.extend(first);
    batch.insert(key.bytes().to_vec(), Some(head));
    for (piece, bytes) in (1..).zip(rest.chunks(PIECE)) {
        batch.insert(key.piece(piece), Some(bytes.to_vec()));
    }
    for surplus in pieces + 1..=before {
        batch.insert(key.piece(surplus), None);
    }
    Ok(())
}

/// Takes a value away that had `before` further pieces.
pub(crate) fn remove(key: &Key, before: u16, batch: &mut Batch) {
    batch.insert(key.bytes().to_vec(), None);
    for piece in 1..=before {
        batch.insert(key.piece(piece), None);
    }
}

/// How many further pieces the value has whose head this is.
pub(crate) fn pieces(head: &[u8]) -> Result<u16, Fault> {
    match head {
        [FORM, high, low, ..] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(Fault::Damaged("a value is of an unknown form".to_owned())),
    }
}

/// Puts a value together from its head and what `get` gives for its further pieces.
pub(crate) fn open(
    key: &Key,
    head: &[u8],
    mut get: impl FnMut(&[u8]) -> Result<Option<Bytes>, Fault>,
) -> Result<Bytes, Fault> {
    let damaged = || Fault::Damaged("a value does not fit its checksum".to_owned());
    let pieces = pieces(head)?;
    let (head, first) = head.split_at_checked(HEAD).ok_or_else(damaged)?;
    let mut value = first.to_vec();
    for piece in 1..=pieces {
        value.extend(get(&key.piece(piece))?.ok_or_else(damaged)?);
    }
    if head[3..] == checksum(key, &value).to_be_bytes() { Ok(value) } else { Err(damaged()) }
}

/// Over the key too, so that a value under another's key is seen.
fn checksum(key: &Key, value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key.bytes());
    hasher.update(value);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Space;

    fn key() -> Key {
        Key::space(Space::Store).text("x")
    }

    fn sealed(value: &[u8], before: u16) -> Batch {
        let mut batch = Batch::new();
        seal(&key(), value, before, &mut batch).unwrap();
        batch
    }

    fn opened(batch: &Batch) -> Result<Bytes, Fault> {
        let get = |key: &[u8]| Ok(batch.get(key).cloned().flatten());
        open(&key(), &get(key().bytes())?.unwrap(), get)
    }

    #[test]
    fn values_of_every_length_come_back() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 100_000] {
            let value: Bytes = (0..=250).cycle().take(length).collect();
            let batch = sealed(&value, 0);
            assert!(batch.values().flatten().all(|part| part.len() <= HEAD + PIECE));
            assert_eq!(opened(&batch).unwrap(), value, "{length}");
        }
    }

    #[test]
    fn pieces_that_are_not_needed_any_more_go() {
        let short = sealed(b"short", 2);
        assert_eq!(short.values().filter(|value| value.is_none()).count(), 2);
        let mut gone = Batch::new();
        remove(&key(), 1, &mut gone);
        assert_eq!(gone.len(), 2);
        assert!(gone.values().all(Option::is_none));
    }

    #[test]
    fn every_byte_that_is_turned_is_seen() {
        let whole = sealed(&[7; PIECE + 9], 0);
        for (place, value) in &whole {
            for at in 0..value.as_ref().unwrap().len() {
                let mut batch = whole.clone();
                batch.get_mut(place).unwrap().as_mut().unwrap()[at] ^= 0x10;
                assert!(opened(&batch).is_err(), "{place:?} {at}");
            }
        }
        let mut torn = whole.clone();
        torn.remove(&key().piece(1));
        assert!(opened(&torn).is_err());
        let elsewhere = Key::space(Space::Store).text("y");
        let head = whole[key().bytes()].clone().unwrap();
        assert!(open(&elsewhere, &head, |_| Ok(whole[&key().piece(1)].clone())).is_err());
    }
}
