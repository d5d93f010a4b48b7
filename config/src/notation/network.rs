//! Host and port, and the scheme of a url. Nothing is looked up.

use std::fmt;

/// A host and a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Authority {
    /// The host; an IPv6 address stands without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl Authority {
    /// Reads `host`, `host:port` or `[IPv6]:port`, or tells what is wrong with it.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, String> {
        let (host, port) = match text.strip_prefix('[') {
            Some(inside) => {
                let (host, after) = inside.split_once(']').ok_or("has a `[` without `]`")?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| format!("has `{host}`, which is no IPv6 address"))?;
                (host, after)
            }
            None => named(text)?,
        };
        let port = match port.strip_prefix(':') {
            Some(digits) => port_of(digits)?,
            None if port.is_empty() => default_port,
            None => return Err("has text between `]` and the port".to_owned()),
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

/// Splits a name or an IPv4 address from its port, which keeps its colon.
fn named(text: &str) -> Result<(&str, &str), String> {
    let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    if port.matches(':').count() > 1 {
        return Err("has several colons: an IPv6 address stands in brackets".to_owned());
    }
    if host.is_empty() {
        return Err("has no host".to_owned());
    }
    let odd = host.chars().find(|character| !(character.is_alphanumeric() || matches!(character, '.' | '-' | '_')));
    odd.map_or(Ok((host, port)), |odd| Err(format!("has `{odd}` in its host")))
}

fn port_of(digits: &str) -> Result<u16, String> {
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    number.filter(|&port| port > 0).ok_or_else(|| format!("has the port `{digits}`, expected 1 to 65535"))
}

/// Returns what stands before the first colon of a url, and what stands after it.
pub(crate) fn scheme_of(url: &str) -> Option<(&str, &str)> {
    url.split_once(':').filter(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let found = Authority::parse(text, 502).map(|authority| authority.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
    }

    #[test]
    fn reads_names_and_addresses() {
        check("192.168.10.21:502", Ok("192.168.10.21:502"));
        check("filler_plc-2.plant.example", Ok("filler_plc-2.plant.example:502"));
        check("[::1]:1502", Ok("[::1]:1502"));
        check("[fe80::1]", Ok("[fe80::1]:502"));
    }

    #[test]
    fn says_what_is_wrong() {
        check("", Err("has no host"));
        check(":502", Err("has no host"));
        check("plc:", Err("has the port ``, expected 1 to 65535"));
        check("plc:0", Err("has the port `0`, expected 1 to 65535"));
        check("plc:65536", Err("has the port `65536`, expected 1 to 65535"));
        check("plc:+5", Err("has the port `+5`, expected 1 to 65535"));
        check("my plc:502", Err("has ` ` in its host"));
        check("user@plc:502", Err("has `@` in its host"));
        check("fe80::1", Err("has several colons: an IPv6 address stands in brackets"));
        check("[plc]:502", Err("has `plc`, which is no IPv6 address"));
        check("[::1", Err("has a `[` without `]`"));
        check("[::1]502", Err("has text between `]` and the port"));
    }

    #[test]
    fn splits_the_scheme() {
        assert_eq!(scheme_of("mqtt://plc:1883"), Some(("mqtt", "//plc:1883")));
        assert_eq!(scheme_of("sqlite:latchwork.db"), Some(("sqlite", "latchwork.db")));
        assert_eq!(scheme_of("latchwork.db"), None);
        assert_eq!(scheme_of(":x"), None);
    }
}
