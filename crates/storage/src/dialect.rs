//! The few places where the two databases differ, each behind a name.

use crate::Engine;

/// Expands the palette and the guards in a migration's text for one engine.
///
/// * `{identity}`: a bigint that counts by itself and is never reused
/// * `{row}`: the key of a table whose lines belong to those of one with `{identity}`
/// * `{ascii}`: a text of ASCII letters, ordered by its bytes
/// * `{bytes}`: the content of a file
/// * `{day}`: a Beijing date; on SQLite a text, for a column that is called a date would try each text as a number
/// * `@append_only TABLE;`: refuses UPDATE, DELETE (and TRUNCATE, where it exists)
/// * `@no_overlap TABLE KEY;`: refuses a second row of the same key whose days overlap
pub(crate) fn expand(text: &str, engine: Engine) -> String {
    let words = match engine {
        Engine::Sqlite => [
            ("{identity}", "integer PRIMARY KEY AUTOINCREMENT"),
            ("{row}", "integer PRIMARY KEY"),
            ("{ascii}", "text"),
            ("{bytes}", "blob"),
            ("{day}", "text"),
        ],
        Engine::Postgres => [
            ("{identity}", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            ("{row}", "bigint PRIMARY KEY"),
            ("{ascii}", "text COLLATE \"C\""),
            ("{bytes}", "bytea"),
            ("{day}", "date"),
        ],
    };
    let mut expanded = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let mut guard = line.trim_end_matches(';').split_whitespace();
        match (guard.next(), guard.next(), guard.next()) {
            (Some("@append_only"), Some(table), None) => {
                expanded.push_str(&append_only(table, engine));
            }
            (Some("@no_overlap"), Some(table), Some(key)) => {
                expanded.push_str(&no_overlap(table, key, engine));
            }
            _ => {
                let line =
                    words.iter().fold(line.to_owned(), |line, (word, by)| line.replace(word, by));
                expanded.push_str(&line);
                expanded.push('\n');
            }
        }
    }
    expanded
}

fn append_only(table: &str, engine: Engine) -> String {
    let name = format!("append_only_{table}");
    match engine {
        Engine::Sqlite => ["UPDATE", "DELETE"]
            .iter()
            .map(|act| {
                format!(
                    "CREATE TRIGGER {name}_{} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END;\n",
                    act.to_lowercase()
                )
            })
            .collect(),
        Engine::Postgres => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{name}'; END $$;\n\
             CREATE TRIGGER {name}_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();\n\
             CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
        ),
    }
}

fn no_overlap(table: &str, key: &str, engine: Engine) -> String {
    let name = format!("no_overlap_{table}_{key}");
    let clash = format!(
        "SELECT 1 FROM {table} other WHERE other.{key} = NEW.{key} AND other.id <> NEW.id \
         AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to"
    );
    match engine {
        // SQLite's AFTER triggers see the row with its id, for inserts as well as for updates.
        Engine::Sqlite => ["INSERT", "UPDATE"]
            .iter()
            .map(|act| {
                format!(
                    "CREATE TRIGGER {name}_{} AFTER {act} ON {table} WHEN EXISTS ({clash}) \
                     BEGIN SELECT RAISE(ABORT, '{name}'); END;\n",
                    act.to_lowercase()
                )
            })
            .collect(),
        Engine::Postgres => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n\
             IF EXISTS ({clash}) THEN RAISE EXCEPTION '{name}'; END IF; RETURN NEW; END $$;\n\
             CREATE TRIGGER {name} AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();\n"
        ),
    }
}
