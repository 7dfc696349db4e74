//! How tickets and what belongs to them stand in rows, alike for every engine: documents, the columns and rows taken from
//! them, counts, and the way a list takes. No SQL and no connection here.

pub(crate) mod columns;
pub(crate) mod counted;
pub(crate) mod decode;
pub(crate) mod document;
pub(crate) mod index;
pub(crate) mod plan;
