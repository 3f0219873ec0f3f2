//! Puts the families together: one route table, and the layers around every request.
//!
//! From the outside in: security headers, who asks ([`people::sessions::identify`]), how it ended ([`web::finish`]), a caught
//! panic, then the route with its own permission.

use std::any::Any;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use kernel::Failure;
use storage::Db;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::set_header::SetResponseHeaderLayer;
use web::{App, Ended, Routes, Settings, UPLOAD_LIMIT_BYTES};

/// Scripts and styles only from ourselves, none inline; nobody frames us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Every route of the program.
pub fn routes() -> Routes {
    let previews = registry::imports::Previews::default();
    people::routes()
        .merge(registry::routes())
        .merge(registry::imports::routes(&previews))
        .merge(registry::settings::routes(planning::plans::acts::recount_deadlines))
        .merge(institutions::routes())
        .merge(institutions::appointments::import_routes(&previews))
        .merge(planning::routes())
        .merge(overview::routes())
        .merge(backups::routes())
}

/// The program as a router.
pub fn app(db: Db, settings: Settings) -> Router {
    let (router, nav) = routes().into_parts();
    let tiles = origin(&settings.map.tiles);
    let app = App::new(db, settings, nav);
    let pages = router
        .fallback(|| async { Ended::from(Failure::NotFound).into_response() })
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT_BYTES + 1024 * 1024))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), web::finish))
        .layer(from_fn_with_state(app.clone(), people::sessions::identify))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(app);
    let policy = CONTENT_SECURITY_POLICY.replace("blob:;", &format!("blob: {tiles};"));
    let policy =
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    Router::new()
        .merge(pages)
        .merge(web::assets())
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_FRAME_OPTIONS,
            HeaderValue::from_static("DENY"),
        ))
}

/// The origin of the bureau's tile layer, which images may then come from.
fn origin(address: &str) -> String {
    let mut parts = address.splitn(4, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(scheme @ ("https:" | "http:")), Some(""), Some(host))
            if !host.contains([';', ' ', '\'']) =>
        {
            format!("{scheme}//{}", host.replace("{s}", "*"))
        }
        _ => String::new(),
    }
}

/// A panic is ours, never the user's: logged, answered like any other broken request.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    Ended::from(Failure::broken(format!("panic: {text}"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn only_the_tile_layers_own_origin_is_let_in() {
        assert_eq!(
            origin("https://t{s}.tianditu.gov.cn/vec_w/wmts?tk=x"),
            "https://t*.tianditu.gov.cn"
        );
        assert_eq!(origin(""), "");
        assert_eq!(origin("javascript:alert(1)"), "");
    }
}
