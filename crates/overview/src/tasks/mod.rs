//! What waits for whom (待办): one list for each person across all capabilities. A task is no record of its own: it is found
//! in the records, and is gone when the work in them is done, so it can neither be ticked away nor forgotten.

mod pages;
mod rules;
mod sheets;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use pages::routes;
pub(crate) use types::Group;

/// What waits for the caller's post: of each kind `most` records, and how many there are.
pub(crate) async fn waiting(
    source: &impl storage::Source,
    caller: &kernel::Caller,
    most: i64,
) -> Result<Vec<Group>, kernel::Failure> {
    store::of_kinds(source, caller, &rules::kinds_of(caller.kind), most).await
}
