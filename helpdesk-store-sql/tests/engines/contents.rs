//! What stands in a database: the form of our tables, and their rows as statements that write them anew.

use super::{Engine, Home};

impl Home {
    /// Our tables, by name.
    pub(crate) async fn tables(&self) -> Vec<String> {
        self.texts(match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'helpdesk_*' ORDER BY 1"
            }
            Engine::Postgres => {
                "SELECT tablename::text FROM pg_tables \
                 WHERE schemaname = current_schema() AND starts_with(tablename::text, 'helpdesk_') ORDER BY 1"
            }
            Engine::MySql => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = DATABASE() AND table_name LIKE 'helpdesk\\_%' ORDER BY 1"
            }
        })
        .await
    }

    /// The form of our tables: columns, indexes, what they ask of values.
    pub(crate) async fn form(&self) -> Vec<String> {
        match self.engine {
            Engine::Sqlite => {
                let form =
                    "SELECT sql FROM sqlite_master WHERE tbl_name GLOB 'helpdesk_*' AND sql IS NOT NULL ORDER BY 1";
                self.texts(form).await
            }
            Engine::Postgres => self.texts(POSTGRES_FORM).await,
            Engine::MySql => {
                let mut form = Vec::new();
                for table in self.tables().await {
                    let made = self.texts(&format!("SHOW CREATE TABLE {table}")).await.remove(0);
                    // Where the next row's number comes from is no matter of form.
                    form.extend(made.lines().map(|line| match line.split_once(" AUTO_INCREMENT=") {
                        Some((before, after)) => {
                            format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
                        }
                        None => line.to_owned(),
                    }));
                }
                form
            }
        }
    }

    /// Every row of our tables as the statement that writes it.
    pub(crate) async fn dump(&self) -> Vec<String> {
        let mut dump = Vec::new();
        for table in self.tables().await {
            let columns = self.columns(&table).await;
            let names = columns.iter().map(|column| column.0.as_str()).collect::<Vec<_>>().join(", ");
            let values: Vec<_> = columns.iter().map(|(name, kind)| self.spelt(name, kind)).collect();
            let rows = match self.engine {
                Engine::MySql => format!("SELECT CONCAT_WS(', ', {}) FROM {table} ORDER BY 1", values.join(", ")),
                _ => format!("SELECT {} FROM {table} ORDER BY 1", values.join(" || ', ' || ")),
            };
            // What the engine would number itself is given.
            let given = if self.engine == Engine::Postgres { " OVERRIDING SYSTEM VALUE" } else { "" };
            let insert = |row| format!("INSERT INTO {table} ({names}){given} VALUES ({row});");
            dump.extend(self.texts(&rows).await.into_iter().map(insert));
        }
        dump
    }

    /// The columns of a table with their types, as they stand in it.
    async fn columns(&self, table: &str) -> Vec<(String, String)> {
        let columns = match self.engine {
            Engine::Sqlite => format!("SELECT name || ' ' || type FROM pragma_table_info('{table}') ORDER BY cid"),
            Engine::Postgres => format!(
                "SELECT column_name || ' ' || data_type FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
            Engine::MySql => format!(
                "SELECT CONCAT(column_name, ' ', data_type) FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        let columns = self.texts(&columns).await;
        let taken_apart = columns.iter().map(|column| column.split_once(' ').unwrap_or((column, "")));
        taken_apart.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
    }

    /// What gives a column as a literal.
    fn spelt(&self, name: &str, kind: &str) -> String {
        match (self.engine, kind) {
            (Engine::Sqlite, _) => format!("quote({name})"),
            (Engine::Postgres, _) => format!("quote_nullable({name}::text)"),
            (Engine::MySql, "binary") => format!("IF({name} IS NULL, 'NULL', CONCAT('X''', HEX({name}), ''''))"),
            (Engine::MySql, "varbinary") => format!("QUOTE(CONVERT({name} USING utf8mb4))"),
            (Engine::MySql, _) => format!("QUOTE({name})"),
        }
    }
}

const POSTGRES_FORM: &str = "SELECT * FROM (\
    SELECT format('%s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
        CASE WHEN a.attnotnull THEN 'NOT NULL' END, a.attidentity, a.attcollation::regcollation) AS line \
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
    UNION ALL SELECT replace(indexdef, ' ON ' || schemaname || '.', ' ON ') FROM pg_indexes WHERE schemaname = current_schema() \
    UNION ALL SELECT format('%s %s', c.relname, pg_get_constraintdef(k.oid)) FROM pg_constraint AS k \
        JOIN pg_class AS c ON c.oid = k.conrelid WHERE k.connamespace = current_schema()::regnamespace) AS form \
    WHERE line LIKE '%helpdesk\\_%' ORDER BY 1";
