//! The database server of a city: a pool of connections, statements prepared once on each.

use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::TryStreamExt as _;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use crate::Sql;
use crate::row::{Fault, Order, Row};
use crate::value::{Cell, Value};

/// The server, by way of a pool.
#[derive(Clone)]
pub(crate) struct Server {
    pool: Pool,
}

/// A writing transaction; dropped without a commit it is rolled back.
pub(crate) struct Writing {
    /// Absent once it has ended.
    client: Option<Object>,
}

impl Server {
    /// Reads the URL and makes the pool; connects when first asked. With `sslmode=require` the server's certificate must be
    /// one that this machine trusts; without it the connection is not encrypted.
    pub(crate) fn open(url: &str, connections: u32) -> Result<Self, Fault> {
        let config = Config::from_str(url).map_err(|fault| said(&fault))?;
        let keep = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if config.get_ssl_mode() == SslMode::Require {
            Manager::from_config(config, encrypted()?, keep)
        } else {
            Manager::from_config(config, NoTls, keep)
        };
        let pool = Pool::builder(manager)
            .max_size(connections as usize)
            .build()
            .map_err(|fault| Fault::new(fault.to_string()))?;
        Ok(Self { pool })
    }

    pub(crate) async fn read<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        rows(&self.client().await?, sql, most, read).await
    }

    pub(crate) async fn execute(&self, sql: &Sql) -> Result<u64, Fault> {
        execute(&self.client().await?, sql).await
    }

    pub(crate) async fn script(&self, text: &str) -> Result<(), Fault> {
        self.client().await?.batch_execute(text).await.map_err(|fault| said(&fault))
    }

    pub(crate) async fn begin(&self) -> Result<Writing, Fault> {
        let client = self.client().await?;
        client.batch_execute("BEGIN").await.map_err(|fault| said(&fault))?;
        Ok(Writing { client: Some(client) })
    }

    /// A reading transaction: one picture of the database, while others go on writing.
    pub(crate) async fn picture(&self) -> Result<Writing, Fault> {
        let client = self.client().await?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        client.batch_execute(begin).await.map_err(|fault| said(&fault))?;
        let picture = Writing { client: Some(client) };
        // It is taken with the first statement.
        picture.script("SELECT 1").await?;
        Ok(picture)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    async fn client(&self) -> Result<Object, Fault> {
        self.pool.get().await.map_err(|fault| {
            let mut text = fault.to_string();
            let mut cause = std::error::Error::source(&fault);
            while let Some(deeper) = cause {
                text.push_str(&format!(": {deeper}"));
                cause = deeper.source();
            }
            Fault::new(text)
        })
    }
}

impl Writing {
    pub(crate) async fn read<T>(
        &self,
        sql: &Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        rows(self.client()?, sql, most, read).await
    }
    /// Reads rows as they come, without holding them all.
    pub(crate) async fn pour(
        &self,
        sql: &Sql,
        mut each: impl FnMut(&mut Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let client = self.client()?;
        let statement = prepared(client, sql).await?;
        let values = sql.values.iter().map(|value| value as &(dyn ToSql + Sync));
        let answer = client.query_raw(&statement, values).await;
        let mut answer = std::pin::pin!(answer.map_err(|fault| with(sql, &fault))?);
        let mut order = Order::default();
        while let Some(row) = answer.try_next().await.map_err(|fault| with(sql, &fault))? {
            each(&mut Row::postgres(&row, &mut order))?;
        }
        Ok(())
    }
    pub(crate) async fn execute(&self, sql: &Sql) -> Result<u64, Fault> {
        execute(self.client()?, sql).await
    }
    pub(crate) async fn script(&self, text: &str) -> Result<(), Fault> {
        self.client()?.batch_execute(text).await.map_err(|fault| said(&fault))
    }
    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        self.script("COMMIT").await?;
        self.client = None;
        Ok(())
    }
    fn client(&self) -> Result<&Object, Fault> {
        self.client.as_ref().ok_or_else(|| Fault::new("the transaction has ended"))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        match tokio::runtime::Handle::try_current() {
            // At once, not when the connection is next used: others may wait for its locks. A connection that can't even
            // roll back is broken, and the pool finds that out.
            Ok(runtime) => {
                runtime.spawn(async move { drop(client.batch_execute("ROLLBACK").await) });
            }
            // Without a runtime nothing can be sent: the connection is given up, and the server rolls back.
            Err(_) => drop(Object::take(client)),
        }
    }
}

async fn rows<T>(
    client: &Object,
    sql: &Sql,
    most: usize,
    mut read: impl FnMut(&mut Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let statement = prepared(client, sql).await?;
    let values: Vec<&(dyn ToSql + Sync)> =
        sql.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &values).await.map_err(|fault| with(sql, &fault))?;
    let mut order = Order::default();
    rows.iter().take(most).map(|row| read(&mut Row::postgres(row, &mut order))).collect()
}

async fn execute(client: &Object, sql: &Sql) -> Result<u64, Fault> {
    let statement = prepared(client, sql).await?;
    let values: Vec<&(dyn ToSql + Sync)> =
        sql.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &values).await.map_err(|fault| with(sql, &fault))
}

/// Prepares with the types of the values at hand: left to itself the server takes every placeholder without a column
/// beside it for a text.
async fn prepared(client: &Object, sql: &Sql) -> Result<tokio_postgres::Statement, Fault> {
    let types: Vec<Type> = sql.values.iter().map(type_of).collect();
    client.prepare_typed_cached(&sql.text, &types).await.map_err(|fault| with(sql, &fault))
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Flag(_) => Type::BOOL,
        Value::Number(_) => Type::INT8,
        Value::Real(_) => Type::FLOAT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
        Value::Uuid(_) => Type::UUID,
        Value::Date(_) => Type::DATE,
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Flag(flag) => flag.to_sql(ty, out),
            Self::Number(number) => number.to_sql(ty, out),
            Self::Real(real) => real.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Uuid(id) => id.to_sql(ty, out),
            Self::Date(day) => day.to_sql(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        // The types were declared when the statement was prepared.
        true
    }
    to_sql_checked!();
}

pub(crate) fn cell(row: &tokio_postgres::Row, place: usize) -> Result<Cell<'_>, Fault> {
    row.try_get(place).map_err(|fault| said(&fault))
}

impl<'row> FromSql<'row> for Cell<'row> {
    fn from_sql(
        ty: &Type,
        raw: &'row [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::BOOL => Self::Flag(bool::from_sql(ty, raw)?),
            Type::INT2 => Self::Number(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Self::Number(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Number(i64::from_sql(ty, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            Type::UUID => Self::Uuid(Uuid::from_sql(ty, raw)?),
            Type::DATE => Self::Date(NaiveDate::from_sql(ty, raw)?),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }
    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::BOOL
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::FLOAT8
                | Type::BYTEA
                | Type::UUID
                | Type::DATE
        ) || <&str as FromSql>::accepts(ty)
    }
}

fn encrypted() -> Result<MakeRustlsConnect, Fault> {
    let mut trusted = rustls::RootCertStore::empty();
    trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| Fault::new(fault.to_string()))?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn said(fault: &tokio_postgres::Error) -> Fault {
    let Some(said) = fault.as_db_error() else {
        let cause = std::error::Error::source(fault).map(|cause| format!(": {cause}"));
        return Fault::new(format!("{fault}{}", cause.unwrap_or_default()));
    };
    // The name of a broken constraint stands in the message of some faults only.
    let constraint = said.constraint().map(|name| format!(" ({name})")).unwrap_or_default();
    Fault::new(format!("{}: {}{constraint}", said.code().code(), said.message()))
}

fn with(sql: &Sql, fault: &tokio_postgres::Error) -> Fault {
    said(fault).during(sql)
}
