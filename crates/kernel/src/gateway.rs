//! The plug for what delivers codes to telephones.

use std::sync::Arc;

/// The plug for the city's own gateway, which delivers a code to a telephone.
pub trait DeliverCode: Send + Sync {
    /// Delivers a code. Takes the time of the network: called off the runtime.
    ///
    /// # Errors
    /// What went wrong, for the log.
    fn deliver(&self, phone: &str, code: &str) -> Result<(), String>;
}

/// A gateway that is plugged in.
#[derive(Clone)]
pub struct PhoneGateway(pub Arc<dyn DeliverCode>);

impl std::fmt::Debug for PhoneGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneGateway")
    }
}
