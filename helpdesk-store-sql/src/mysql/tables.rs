//! Rows that come in as one value, taken apart by the engine: literals that statements are put together from. Names stand
//! as texts by their bytes, ids as hexadecimal digits.

/// A column of names.
macro_rules! text {
    ($name:literal, $place:literal) => {
        concat!($name, " VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[", $place, "]'")
    };
}

/// A column of documents.
macro_rules! long {
    ($name:literal, $place:literal) => {
        concat!($name, " LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[", $place, "]'")
    };
}

/// A column of ids.
macro_rules! id {
    ($name:literal, $place:literal) => {
        concat!($name, " CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[", $place, "]'")
    };
}

/// A column of numbers.
macro_rules! int {
    ($name:literal, $place:literal) => {
        concat!($name, " BIGINT PATH '$[", $place, "]'")
    };
}

/// A table of columns out of a variable or a placeholder.
macro_rules! table {
    ($source:literal, $first:expr $(, $more:expr)*) => {
        concat!("JSON_TABLE(", $source, ", '$[*]' COLUMNS (", $first $(, ", ", $more)*, "))")
    };
}

/// A list of numbers.
macro_rules! list {
    ($source:literal) => {
        concat!("JSON_TABLE(", $source, ", '$[*]' COLUMNS (v BIGINT PATH '$'))")
    };
}

/// Keys that acts are remembered by.
macro_rules! keys {
    () => {
        table!(
            "@helpdesk_keys",
            text!("tenant", 0),
            text!("source", 1),
            text!("name", 2),
            text!("fingerprint", 3),
            id!("ticket", 4),
            int!("version", 5),
            int!("used_at", 6)
        )
    };
}

/// References that tickets are found by.
macro_rules! externals {
    () => {
        table!("@helpdesk_externals", text!("tenant", 0), text!("source", 1), text!("name", 2), id!("ticket", 3))
    };
}

pub(super) use {externals, id, int, keys, list, long, table, text};
