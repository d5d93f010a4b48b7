//! The list of codes of the file: `E2..` problems and `L2..` lints. Codes never change meaning;
//! `docs/problems.md` has an entry for each.

use latchwork_expr::{CODES, Code, CodeRow, Severity};

macro_rules! problems {
    ($($name:ident $code:literal $severity:ident $title:literal;)*) => {
        $(#[doc = $title] pub(crate) const $name: Code = Code($code);)*

        /// Every code of this crate; those of expressions are [`latchwork_expr::CODES`].
        pub const PROBLEMS: &[CodeRow] = &[
            $(CodeRow { code: $name, severity: Severity::$severity, title: $title }),*
        ];
    };
}

problems! {
    FILE_UNREADABLE "E201" Problem "a file cannot be read";
    FILE_NOT_TEXT "E202" Problem "a file is not UTF-8 text";
    SYNTAX "E203" Problem "the text is not TOML";
    UNKNOWN_TAG "E204" Problem "there is no tag of this path";
    UNKNOWN_KEY "E205" Problem "there is no key or section of this name here";
    WRONG_TYPE "E206" Problem "a value has a type that its key does not take";
    UNKNOWN_WORD "E207" Problem "a word is none of those that its key takes";
    OUT_OF_RANGE "E208" Problem "a value is outside of what its key takes";
    MISSING_KEY "E209" Problem "a key that must be there is missing";
    NOT_IN_VERSION "E210" Problem "a section, key or word belongs to the format but is not in this version";
    DUPLICATE_SECTION "E211" Problem "a section is set in two files";
    DUPLICATE_KEY "E212" Problem "a key or table is set twice in a file";
    DUPLICATE_NAME "E213" Problem "two entries have the same name";
    DUPLICATE_ID "E214" Problem "two entries have the same id";
    BAD_ID "E215" Problem "an id is not a ULID";
    BAD_PATH "E216" Problem "the path of a tag or location is malformed";
    UNKNOWN_ZONE "E217" Problem "there is no time zone of this name";
    INCLUDED_TWICE "E218" Problem "a file is included twice";
    MISSING_VARIABLE "E219" Problem "an environment variable is not set";
    VALUE_FILE_UNREADABLE "E220" Problem "the file that holds a value cannot be read";
    EXPRESSION_MISSING "E221" Problem "a strategy asks for an expression that is not there";
    EXPRESSION_TYPE "E222" Problem "an expression gives a type that its place cannot use";
    TAG_CYCLE "E223" Problem "derived tags read one another in a circle";
    PARENT_DISAGREES "E224" Problem "`parent` and `trigger_source` contradict one another";
    UNKNOWN_PARENT "E225" Problem "there is no operation of the parent's name";
    AMBIGUOUS_PARENT "E226" Problem "several operations have the parent's name";
    PARENT_CYCLE "E227" Problem "operations are one another's parents";
    UNKNOWN_ORDER "E228" Problem "there is no production order of this name";
    PARENT_DEPTH "E229" Problem "operations have too many parents above them";
    UNKNOWN_CONNECTION "E230" Problem "there is no connection of this name";
    UNKNOWN_SCAN_CLASS "E231" Problem "there is no scan class of this name";
    BAD_ADDRESS "E232" Problem "an address of Modbus is malformed or impossible";
    UNFIT_DATA_TYPE "E233" Problem "a data type fits neither where the value lies nor what becomes of it";
    UNFED_TAG "E234" Problem "a tag of a connection does not say where its value comes from";
    MISPLACED_KEY "E235" Problem "a key is for another kind of connection or tag";
    FED_TWICE "E236" Problem "a tag of a connection has a value from elsewhere too";
    BAD_FILTER "E237" Problem "a topic filter is not one of MQTT";
    BAD_PATTERN "E238" Problem "a pattern of tag paths asks for a wildcard that is not there";
    BAD_JSON_PATH "E239" Problem "a path into a JSON document is malformed";
    BAD_URL "E240" Problem "a url or a network address is malformed";
    BARE_SECRET "E241" Problem "a secret stands in the file itself";
    BAD_DATASET "E242" Problem "the rows and columns of a dataset do not fit together";
    UNKNOWN_OPERATION "E250" Problem "there is no operation of this name";
    AMBIGUOUS_OPERATION "E251" Problem "several operations have this name";
    UNKNOWN_MATERIAL "E252" Problem "there is no material of this name";
    UNKNOWN_CAPTURE "E253" Problem "an expression reads a capture that its operation does not have";
    VALIDITY_CIRCLE "E260" Problem "whether a connection is valid hangs on itself";
    WRITES_DERIVED_TAG "E261" Problem "a handshake would write a tag that has an expression";
    WRITES_NOT_ALLOWED "E262" Problem "a handshake would write over a connection that does not allow it";
    NOT_WRITABLE "E263" Problem "a handshake names a tag that cannot be written";
    UNFIT_ANSWER "E264" Problem "a value of a handshake does not fit its tag";
    UNFIT_SEQUENCE "E265" Problem "the counter of a handshake is no number";
    BAD_TIME "E270" Problem "a time of a test is malformed";
    STEP_TIME "E271" Problem "a step of a test stands at a time at which it cannot come";
    NOTHING_EXPECTED "E272" Problem "a test expects nothing, so that it cannot fail";
    NOTHING_HAPPENS "E273" Problem "nothing happens in a test or in one of its steps";
    BAD_COMMAND "E274" Problem "a command of a step is malformed";
    TAG_NOT_SET "E275" Problem "a step sets a tag that the configuration works out";
    UNKNOWN_PLACE "E276" Problem "there is no location of this path";
    UNMEASURED "E277" Problem "an expectation names a capture that no operation has";
    BAD_ENUM "E280" Problem "the names of an `enum` are not texts for numbers";
    UNFIT_RULE "E281" Problem "a rule for a tag's value does not fit the tag's type";
    RULES_DISAGREE "E282" Problem "two rules for a tag's value cannot both be meant";
    TRANSFORM_READS "E283" Problem "a transform reads or keeps more than the tag's own value";
    BAD_RANGE "E284" Problem "a range of addresses is malformed";
    FORBIDDEN_ADDRESS "E285" Problem "a tag lies where no request may read";
    RESERVED_NAME "E286" Problem "a scan class has the name of one that is always there";
    UNFIT_PAYLOAD "E300" Problem "the form of a payload does not fit the tags that it is for";
    BAD_TOPIC "E301" Problem "a topic to publish to is not one of MQTT";
    BAD_TOPIC_PREFIX "E340" Problem "a prefix of topics cannot begin one";
    UNFIT_GATEWAY_ID "E341" Problem "the gateway's id cannot be a level of a topic";
    CLIENT_ID_TAKEN "E342" Problem "a connection has the client id of what publishes";
    UNDECLARED_STATION "E350" Problem "a station of jobs is not declared as a location";
    CONNECTED_TWICE "E351" Problem "two stations are connected twice";
    STATION_LOOP "E352" Problem "a station is connected with itself";
    STATION_CYCLE "E353" Problem "stations feed one another in a circle";
    BAD_BIND "E370" Problem "the address that the server listens at is malformed";
    OPEN_BIND "E371" Problem "a server that others reach has no tokens or no encryption";
    BAD_TOKEN_HASH "E372" Problem "the hash of a token is malformed";
    SAME_TOKEN "E373" Problem "two tokens have the same hash";
    NO_EFFECT "L201" Lint "a key has no effect here";
    SHORT_STOPS "L202" Lint "short stops would split the run";
    EMPTY_INCLUDE "L203" Lint "a pattern of `include` matches no file";
    STALE_BETWEEN "L204" Lint "a tag is stale between two readings";
    UNCOUNTED_JOBS "L350" Lint "an operation drives jobs whose parts it does not count";
}

/// Returns the severity of a code of this crate or of the expressions.
pub(crate) fn severity(code: Code) -> Severity {
    let row = PROBLEMS.iter().chain(CODES).find(|row| row.code == code);
    row.map(|row| row.severity).expect("every code has its row")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ascend_and_say_their_severity() {
        assert!(PROBLEMS.windows(2).all(|pair| pair[0].code < pair[1].code));
        for row in PROBLEMS {
            let letter = if row.severity == Severity::Problem { 'E' } else { 'L' };
            assert!(row.code.0.starts_with(letter), "{}", row.code.0);
        }
    }
}
