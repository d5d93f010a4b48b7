//! The address of a database on a server. Nothing is looked up.

/// What stands behind `postgres:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerUrl<'a> {
    /// The password, as it is written.
    pub(crate) password: Option<&'a str>,
}

impl<'a> ServerUrl<'a> {
    /// Reads `//user:password@host/database?parameters`, or tells what is missing. Whoever connects reads the rest.
    pub(crate) fn parse(rest: &'a str) -> Result<Self, &'static str> {
        let address = rest.strip_prefix("//").ok_or("has no `//` before the host")?;
        let address = address.split_once('?').map_or(address, |(address, _)| address);
        // The last `@`: a password from elsewhere is put in as it is.
        let (user, place) = address.rsplit_once('@').unwrap_or(("", address));
        let (_, database) = place.split_once('/').ok_or("names no database")?;
        if database.is_empty() {
            return Err("names no database");
        }
        Ok(Self { password: user.split_once(':').map(|(_, password)| password) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_file_may_say() {
        let password = |rest| ServerUrl::parse(rest).map(|url| url.password);
        assert_eq!(password("//host/db"), Ok(None));
        assert_eq!(password("//anna@host:5433/db?sslmode=require"), Ok(None));
        assert_eq!(password("//anna:p@ss/word@host/db"), Ok(Some("p@ss/word")));
        assert_eq!(password("//anna:${PASSWORD}@host/db"), Ok(Some("${PASSWORD}")));
        assert_eq!(password("host/db"), Err("has no `//` before the host"));
        assert_eq!(password("//host"), Err("names no database"));
        assert_eq!(password("//host/?sslmode=require"), Err("names no database"));
    }
}
