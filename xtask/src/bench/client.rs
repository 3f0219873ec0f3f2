//! As much of HTTP/1.1 as a load generator needs: one kept connection, whole answers, no allocation it can avoid.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Outcome;

/// One kept connection to the server.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
}

/// An answer, read to its end.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub location: Option<String>,
    /// `name=value` of each cookie that was set.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    pub fn open(address: SocketAddr) -> Outcome<Self> {
        let said = |fault: std::io::Error| format!("{address}: {fault}");
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).map_err(said)?;
        stream.set_nodelay(true).map_err(said)?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(said)?;
        Ok(Self { stream: BufReader::with_capacity(1 << 16, stream), line: String::new() })
    }

    /// Sends a whole request, as bytes, and reads its answer into `answer`, whose buffers are used again.
    pub fn ask(&mut self, request: &[u8], answer: &mut Answer) -> Outcome {
        self.ask_inner(request, answer).map_err(|fault| format!("the connection broke: {fault}"))
    }

    fn ask_inner(&mut self, request: &[u8], answer: &mut Answer) -> std::io::Result<()> {
        answer.body.clear();
        answer.cookies.clear();
        answer.content_type.clear();
        answer.location = None;
        self.stream.get_mut().write_all(request)?;
        self.read_line()?;
        answer.status =
            self.line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        let mut length = 0_usize;
        let mut chunked = false;
        loop {
            self.read_line()?;
            let Some((name, value)) = self.line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or_default(),
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "content-type" => answer.content_type.push_str(value),
                "location" => answer.location = Some(value.to_owned()),
                "set-cookie" => answer.cookies.extend(value.split(';').next().map(str::to_owned)),
                _ => {}
            }
        }
        if chunked {
            loop {
                self.read_line()?;
                let size = usize::from_str_radix(
                    self.line.split(';').next().unwrap_or_default().trim(),
                    16,
                )
                .unwrap_or_default();
                if size > 0 {
                    self.append(size, &mut answer.body)?;
                }
                self.read_line()?;
                if size == 0 {
                    return Ok(());
                }
            }
        }
        self.append(length, &mut answer.body)
    }

    /// The next line without its end.
    fn read_line(&mut self) -> std::io::Result<()> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.line.truncate(self.line.trim_end().len());
        Ok(())
    }

    fn append(&mut self, length: usize, body: &mut Vec<u8>) -> std::io::Result<()> {
        let before = body.len();
        body.resize(before + length, 0);
        self.stream.read_exact(&mut body[before..])
    }
}

/// A GET as bytes.
pub fn get(path: &str, cookies: &str, gzip: bool) -> Vec<u8> {
    let accept = if gzip { "accept-encoding: gzip\r\n" } else { "" };
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\ncookie: {cookies}\r\n{accept}\r\n").into_bytes()
}

/// A form's POST as bytes; `fields` are not encoded yet.
pub fn post(path: &str, cookies: &str, origin: SocketAddr, fields: &[(String, String)]) -> Vec<u8> {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let body = body.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nhost: {origin}\r\norigin: http://{origin}\r\ncookie: {cookies}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers each connection with these bytes, once for every request line it sees.
    fn server_saying(answers: Vec<&'static str>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            for answer in answers {
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                stream.write_all(answer.as_bytes()).expect("sent");
            }
        });
        address
    }

    #[test]
    fn answers_of_known_and_of_chunked_length_come_over_one_connection() {
        let address = server_saying(vec![
            "HTTP/1.1 303 See Other\r\nLocation: /\r\nSet-Cookie: session=abc; HttpOnly\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        ]);
        let mut connection = Connection::open(address).expect("connected");
        let mut answer = Answer::default();
        connection.ask(&get("/sign-in", "", false), &mut answer).expect("answered");
        assert_eq!((answer.status, answer.text().as_str()), (303, "ok"));
        assert_eq!(answer.cookies, ["session=abc"]);
        assert_eq!(answer.location.as_deref(), Some("/"));
        connection.ask(&get("/", "session=abc", true), &mut answer).expect("answered");
        assert_eq!((answer.status, answer.text().as_str()), (200, "abcde"));
        assert_eq!(answer.content_type, "text/html");
        assert!(connection.ask(&get("/", "", false), &mut answer).is_err());
    }

    #[test]
    fn form_fields_are_percent_encoded() {
        assert_eq!(encoded("王 a&b"), "%E7%8E%8B%20a%26b");
    }
}
