//! Reading rows, in or out of a transaction.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use kernel::{Date, Failure, Moment, Reach};

use crate::connection::Home;
use crate::memory::{Memory, Question};
use crate::{Actor, Fault, FromRow, Row, Sql, broken};

/// Whatever rows can be read from: a [`Reading`] for pages, a [`crate::Tx`] inside an act. Store functions that only
/// read take `&impl Source`, and so serve both.
pub trait Source: Send + Sync {
    /// Who asks.
    fn actor(&self) -> &Actor;

    /// At most `most` rows of a statement, each read as it passes by.
    fn rows<T: Send>(
        &self,
        sql: Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault> + Send,
    ) -> impl Future<Output = Result<Vec<T>, Failure>> + Send;

    /// What `work` works out from the records: a [`Reading`] keeps it for as long as no record changes, for everybody of
    /// the same reach on the same day, by `what` is asked and `with` what. Not for what follows from rows that
    /// [`crate::Db::bookkeeping`] writes (sessions, tries to sign in, previews of imports), nor from the moment or the person.
    fn remembered<T: Send + Sync + 'static>(
        &self,
        what: &'static str,
        with: impl Debug + Send,
        work: impl Future<Output = Result<T, Failure>> + Send,
    ) -> impl Future<Output = Result<Arc<T>, Failure>> + Send {
        let _ = (what, with);
        async move { work.await.map(Arc::new) }
    }

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
    fn all<R: FromRow + Send>(
        &self,
        sql: Sql,
    ) -> impl Future<Output = Result<Vec<R>, Failure>> + Send {
        self.rows(sql, usize::MAX, R::from_row)
    }

    /// The first row of a statement, if there is one.
    fn one<R: FromRow + Send>(
        &self,
        sql: Sql,
    ) -> impl Future<Output = Result<Option<R>, Failure>> + Send {
        async move { Ok(self.rows(sql, 1, R::from_row).await?.pop()) }
    }

    /// How many rows a table has; its name is written in our sources or read from the catalog.
    fn count(&self, table: &str) -> impl Future<Output = Result<i64, Failure>> + Send {
        self.number(Sql::new(&format!("SELECT count(*) FROM {table}")))
    }

    /// The single number that a statement selects; zero when it selects none.
    fn number(&self, sql: Sql) -> impl Future<Output = Result<i64, Failure>> + Send {
        async move {
            let number = self.rows(sql, 1, |row| row.first::<Option<i64>>()).await?.pop();
            Ok(number.flatten().unwrap_or_default())
        }
    }
}

/// A door for reading: each statement sees the latest committed rows.
#[derive(Debug)]
pub struct Reading<'db> {
    pub(crate) home: &'db Home,
    pub(crate) memory: &'db Memory,
    pub(crate) actor: Actor,
}

impl Source for Reading<'_> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    async fn rows<T: Send>(
        &self,
        sql: Sql,
        most: usize,
        read: impl FnMut(&mut Row<'_>) -> Result<T, Fault> + Send,
    ) -> Result<Vec<T>, Failure> {
        match self.home {
            Home::Sqlite(file) => file.read(&sql, most, read),
            Home::Postgres(server) => server.read(&sql, most, read).await,
        }
        .map_err(broken)
    }
    fn remembered<T: Send + Sync + 'static>(
        &self,
        what: &'static str,
        with: impl Debug + Send,
        work: impl Future<Output = Result<T, Failure>> + Send,
    ) -> impl Future<Output = Result<Arc<T>, Failure>> + Send {
        // Pinned at once: most often it is not even begun, and a page that asks for much carries little.
        let work = Box::pin(work);
        let question = Question::new(what, &with, self.reach(), self.today());
        async move {
            let read = |row: &mut Row<'_>| row.first::<Option<String>>();
            let state = self.rows(Sql::new(self.home.state()), 1, read).await?.pop().flatten();
            self.memory.recall(state.unwrap_or_default(), question, work).await
        }
    }
}
