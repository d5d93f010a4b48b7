//! `latchwork token create`: a token for the HTTP interface, and its hash for the configuration.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::exit::{Exit, Failure, write_failure};

/// How many random bytes a token has: nobody guesses 256 bits, so that one round of SHA-256 hides it well.
const TOKEN_BYTES: usize = 32;

/// Where the system's random bytes are.
const RANDOM: &str = "/dev/urandom";

/// What `token` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, clap::Subcommand)]
enum Order {
    /// Makes a token. It is shown once; the configuration gets its hash.
    Create {
        /// Whose it is.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may ask for.
        #[arg(long, value_enum, default_value_t = RoleWord::Viewer)]
        role: RoleWord,
    },
}

/// What a token may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RoleWord {
    /// Look.
    Viewer,
    /// Give commands and drive jobs too.
    Operator,
    /// Everything.
    Admin,
}

impl RoleWord {
    const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Order::Create { name, role } = &arguments.order;
    let token = token().map_err(|error| Failure::new(Exit::NotStarted, format_args!("`{RANDOM}`: {error}")))?;
    let text = told(name, role.name(), &token);
    let written = io::stdout().write_all(text.as_bytes());
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}

/// Returns a new token.
fn token() -> io::Result<String> {
    let mut random = [0; TOKEN_BYTES];
    File::open(RANDOM)?.read_exact(&mut random)?;
    Ok(format!("lw_{}", hexadecimal(&random)))
}

fn told(name: &str, role: &str, token: &str) -> String {
    let hash = hexadecimal(&Sha256::digest(token));
    format!(
        "token {token}\nhash  {hash}\n\n# The token is shown this once. Its hash belongs into a variable or a file, not into the \
         configuration itself.\n[[http.tokens]]\nname = {name:?}\nrole = \"{role}\"\nhash = \"${{TOKEN_HASH}}\"\n"
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing text to memory cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_another_and_its_hash_is_that_of_its_text() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert!(one != other && one.len() == 3 + 2 * TOKEN_BYTES);
        let text = told("andon board", "viewer", "abc");
        assert!(text.contains("hash  ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"), "{text}");
        assert!(text.contains("name = \"andon board\"\nrole = \"viewer\"\n"));
    }
}
