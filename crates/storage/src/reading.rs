//! Reading rows, in or out of a transaction.

use std::future::Future;

use kernel::{Date, Failure, Moment, Reach};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, QueryResult, Statement,
};

use crate::{Actor, Sql, broken};

/// Whatever rows can be read from: a [`Reading`] for pages, a [`crate::Tx`] inside an act. Store functions that only
/// read take `&impl Source`, and so serve both.
pub trait Source: Send + Sync {
    /// Who asks.
    fn actor(&self) -> &Actor;

    /// The rows of a statement, undecoded.
    fn query(&self, sql: Sql) -> impl Future<Output = Result<Vec<QueryResult>, Failure>> + Send;

    /// What the actor reaches.
    fn reach(&self) -> &Reach {
        &self.actor().reach
    }
    /// The moment of the request.
    fn now(&self) -> Moment {
        self.actor().now
    }
    /// The Beijing day of the request.
    fn today(&self) -> Date {
        self.actor().now.date()
    }

    /// All rows of a statement. The statement bounds them.
    fn all<R: FromQueryResult + Send>(
        &self,
        sql: Sql,
    ) -> impl Future<Output = Result<Vec<R>, Failure>> + Send {
        async move {
            let rows = self.query(sql).await?;
            rows.iter().map(|row| R::from_query_result(row, "").map_err(broken)).collect()
        }
    }

    /// The first row of a statement, if there is one.
    fn one<R: FromQueryResult + Send>(
        &self,
        sql: Sql,
    ) -> impl Future<Output = Result<Option<R>, Failure>> + Send {
        async move {
            let rows = self.query(sql).await?;
            rows.first().map(|row| R::from_query_result(row, "").map_err(broken)).transpose()
        }
    }

    /// The single number that a statement selects; zero when it selects none.
    fn number(&self, sql: Sql) -> impl Future<Output = Result<i64, Failure>> + Send {
        async move {
            let rows = self.query(sql).await?;
            rows.first()
                .map_or(Ok(0), |row| {
                    row.try_get_by_index::<Option<i64>>(0).map(Option::unwrap_or_default)
                })
                .map_err(broken)
        }
    }
}

/// A door for reading: each statement sees the latest committed rows.
#[derive(Debug)]
pub struct Reading<'db> {
    pub(crate) conn: &'db DatabaseConnection,
    pub(crate) actor: Actor,
}

impl Source for Reading<'_> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    async fn query(&self, sql: Sql) -> Result<Vec<QueryResult>, Failure> {
        query(self.conn, sql).await
    }
}

pub(crate) fn statement(backend: DbBackend, sql: Sql) -> Statement {
    Statement::from_sql_and_values(backend, sql.text, sql.values)
}

pub(crate) async fn query(
    conn: &impl ConnectionTrait,
    sql: Sql,
) -> Result<Vec<QueryResult>, Failure> {
    conn.query_all_raw(statement(conn.get_database_backend(), sql)).await.map_err(broken)
}
