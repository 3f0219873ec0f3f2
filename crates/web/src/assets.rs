//! The front-end files, embedded in release builds and compressed beforehand.

use axum::Router;
use memory_serve::CacheControl;

/// Serves `/assets/…`. Browsers ask each time whether a file is still the same (ETag), so an update shows at once.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let files =
        memory_serve::load!().index_file(None).cache_control(CacheControl::NoCache).into_router();
    Router::new().nest("/assets", files)
}
