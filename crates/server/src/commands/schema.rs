//! `gongzhi schema`: the whole schema as one engine is given it; `cargo x schema` keeps it in `crates/storage/schema`.

use clap::{Args, ValueEnum};

use super::outcome::{Ending, print};

/// Print the schema of the database as SQL.
#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// For which engine
    #[arg(value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Prints the schema.
pub(crate) fn run(wanted: &Schema) -> Ending {
    let engine = match wanted.engine {
        Engine::Sqlite => storage::Engine::Sqlite,
        Engine::Postgres => storage::Engine::Postgres,
    };
    print(&storage::schema_text(engine));
    Ending::Done
}
