//! The policy's ninety obligations: which of them is kept where, from the records of any day, and what is missing. The
//! judgement is `policy::obligations`; here are the facts, what a reader may see of it, and the pages.

pub mod store;

mod pages;
mod rules;
mod sheets;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub use store::Wanted;

use std::sync::Arc;

use kernel::{Failure, Place};
use policy::obligations::{Evaluation, evaluate};
use storage::Source;

/// How the obligations stand on a day, as far as the actor sees: the places within reach and no others.
pub async fn evaluated(src: &impl Source, wanted: Wanted<'_>) -> Result<Arc<Evaluation>, Failure> {
    src.remembered("obligations evaluated", wanted, evaluating(src, wanted)).await
}

async fn evaluating(src: &impl Source, wanted: Wanted<'_>) -> Result<Evaluation, Failure> {
    let facts = store::facts(src, wanted).await?;
    let reach = src.reach().clone();
    let city = Place::city(wanted.city.0);
    // Some ten milliseconds of work for a city: not on the thread that answers others.
    let judged = tokio::task::spawn_blocking(move || {
        evaluate(&facts)
            .within(|scope, place| rules::is_seen(&reach, |code| city.child(code), scope, place))
    });
    judged.await.map_err(Failure::broken)
}
