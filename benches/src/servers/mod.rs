//! PostgreSQL and MariaDB: the desk in a host's pool against bare sqlx that writes the same rows (`recorder`, `rival`).

mod place;
pub(crate) mod read;
mod recorder;
mod rival;
pub(crate) mod write;
