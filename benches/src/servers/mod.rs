//! PostgreSQL and MariaDB: the desk in a host's pool against bare sqlx that writes the same rows (`tape`, `rival`).

mod place;
pub(crate) mod read;
mod rival;
mod tape;
pub(crate) mod write;
