//! The city's own telephone gateway over HTTP: one POST for each code, signed with the secret that both share.
//!
//! `{"phone": "13800138000", "code": "123456", "at": 1769990000000}` with `X-Gongzhi-Signature: HMAC-SM3(secret, body)` in
//! hexadecimal digits; the gateway refuses what is older than five minutes, and answers 2xx once it has taken the code.

use std::time::Duration;

use kernel::DeliverCode;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where codes are handed over.
#[derive(Clone)]
pub(crate) struct Gateway {
    address: String,
    secret: String,
    agent: ureq::Agent,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gateway({})", self.address)
    }
}

impl Gateway {
    pub(crate) fn new(address: String, secret: String) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .build()
            .new_agent();
        Self { address, secret, agent }
    }
}

impl DeliverCode for Gateway {
    #[expect(clippy::disallowed_methods, reason = "the gateway compares it with its own clock")]
    fn deliver(&self, phone: &str, code: &str) -> Result<(), String> {
        let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let at = at.map(|since| since.as_millis() as u64).unwrap_or_default();
        let body = serde_json::json!({ "phone": phone, "code": code, "at": at }).to_string();
        let signature = sealing::signature(self.secret.as_bytes(), body.as_bytes());
        let answer = self
            .agent
            .post(&self.address)
            .header("content-type", "application/json")
            .header("x-gongzhi-signature", &signature)
            .send(&body);
        answer.map(drop).map_err(|fault| fault.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A gateway that answers once, and what it was sent.
    fn gateway(answer: &'static str) -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/codes", listener.local_addr().unwrap());
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = String::new();
            let mut buffer = [0_u8; 4096];
            while !text.contains("\r\n\r\n") || !text.ends_with('}') {
                let read = stream.read(&mut buffer).unwrap();
                text.push_str(&String::from_utf8_lossy(&buffer[..read]));
                if read == 0 {
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).unwrap();
            text
        });
        (address, heard)
    }

    #[test]
    fn a_code_is_handed_over_once_and_signed() {
        let (address, heard) = gateway("HTTP/1.1 204 No Content\r\n\r\n");
        let secret = "sixteen letters!";
        let sent = Gateway::new(address, secret.to_owned()).deliver("13800138000", "123456");
        assert_eq!(sent, Ok(()));
        let text = heard.join().unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(body.contains("13800138000") && body.contains("123456"), "{body}");
        let signature = sealing::signature(secret.as_bytes(), body.as_bytes());
        assert!(
            head.to_ascii_lowercase().contains(&format!("x-gongzhi-signature: {signature}")),
            "{head}"
        );
        assert!(!head.contains("123456"), "no code in an address or header");
    }

    #[test]
    fn a_gateway_that_refuses_or_is_not_there_is_told() {
        let (address, _heard) = gateway("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        let refused = Gateway::new(address, "sixteen letters!".to_owned());
        assert!(refused.deliver("13800138000", "123456").unwrap_err().contains("503"));
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let gone = Gateway::new(format!("http://{nobody}/"), "sixteen letters!".to_owned());
        assert!(gone.deliver("13800138000", "123456").is_err());
    }
}
