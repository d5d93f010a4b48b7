//! Reads a format: plain text and specifiers. What a specifier does to a value is not known here.

use crate::functions::Failure;
use crate::limits::TEXT_BYTES_MAX;

/// Which value a specifier writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The one after that of the last specifier without an index.
    Next,
    /// The one of the specifier before: `%<s`.
    Same,
    /// The one of this index, from 0: `%1$s` is the first.
    At(usize),
}

/// `%[index$][flags][width][.precision]conversion`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Specifier<'a> {
    pub source: Source,
    flags: &'a str,
    pub width: Option<usize>,
    pub precision: Option<usize>,
    pub conversion: char,
}

/// A piece of a format.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Plain(&'a str),
    Specifier(Specifier<'a>),
}

impl Specifier<'_> {
    pub(super) fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Tells whether it stands for a text of its own.
    pub(super) const fn takes_no_value(&self) -> bool {
        matches!(self.conversion, '%' | 'n')
    }
}

/// Returns a format's pieces, or says what is wrong with it.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece<'_>>, Failure> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some((plain, after)) = rest.split_once('%') {
        let mut reader = Reader(after);
        let specifier = reader.specifier()?;
        check(&specifier)?;
        pieces.extend([Piece::Plain(plain), Piece::Specifier(specifier)]);
        rest = reader.0;
    }
    pieces.push(Piece::Plain(rest));
    Ok(pieces)
}

struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn specifier(&mut self) -> Result<Specifier<'a>, Failure> {
        let source = self.source()?;
        let flags = self.take(|symbol| "-#+ 0,(".contains(symbol));
        let width = self.number()?;
        let precision = if let Some(rest) = self.0.strip_prefix('.') {
            self.0 = rest;
            Some(self.number()?.ok_or("a specifier has a `.` without a precision after it")?)
        } else {
            None
        };
        let conversion = self.0.chars().next().ok_or("the format ends within a specifier")?;
        self.0 = &self.0[conversion.len_utf8()..];
        Ok(Specifier { source, flags, width, precision, conversion })
    }

    fn source(&mut self) -> Result<Source, Failure> {
        if let Some(rest) = self.0.strip_prefix('<') {
            self.0 = rest;
            return Ok(Source::Same);
        }
        let digits = self.0.len() - self.0.trim_start_matches(|symbol: char| symbol.is_ascii_digit()).len();
        let Some(rest) = self.0[digits..].strip_prefix('$').filter(|_| digits > 0) else { return Ok(Source::Next) };
        let index = self.0[..digits].parse::<usize>().ok().and_then(|index| index.checked_sub(1));
        self.0 = rest;
        index.map(Source::At).ok_or_else(|| "the values of a format are counted from `1$`".into())
    }

    fn number(&mut self) -> Result<Option<usize>, Failure> {
        let digits = self.take(|symbol| symbol.is_ascii_digit());
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse().ok().filter(|&number| number <= TEXT_BYTES_MAX);
        number.map(Some).ok_or_else(|| format!("a width or precision is above {TEXT_BYTES_MAX}").into())
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.0.trim_start_matches(belongs);
        let (taken, rest) = self.0.split_at(self.0.len() - rest.len());
        self.0 = rest;
        taken
    }
}

/// Fails where Java does: an unknown conversion, flags that it does not take or that contradict
/// each other, a width or precision where there is none.
fn check(specifier: &Specifier<'_>) -> Result<(), Failure> {
    let conversion = specifier.conversion;
    let allowed = allowed_flags(conversion)?;
    if let Some(flag) = specifier.flags.chars().find(|&flag| !allowed.contains(flag)) {
        return Err(format!("`%{conversion}` takes no flag `{flag}`").into());
    }
    let repeated = specifier.flags.char_indices().any(|(place, flag)| specifier.flags[..place].contains(flag));
    let contradicting = ["-0", "+ "].iter().any(|pair| pair.chars().all(|flag| specifier.has(flag)));
    if repeated || contradicting {
        return Err(format!("the flags `{}` contradict or repeat each other", specifier.flags).into());
    }
    if specifier.width.is_none() && (specifier.has('-') || specifier.has('0')) {
        return Err("the flags `-` and `0` need a width".into());
    }
    if specifier.takes_no_value() && specifier.source == Source::Same {
        return Err(format!("`%{conversion}` writes no value that `<` could repeat").into());
    }
    if conversion == 'n' && specifier.width.is_some() {
        return Err("`%n` takes no width".into());
    }
    if specifier.precision.is_some() && !"bBsSeEfgG".contains(conversion) {
        return Err(format!("`%{conversion}` takes no precision").into());
    }
    Ok(())
}

fn allowed_flags(conversion: char) -> Result<&'static str, Failure> {
    match conversion {
        'b' | 'B' | 's' | 'S' | 'c' | 'C' | '%' => Ok("-"),
        'd' | 'g' | 'G' => Ok("-+ 0,("),
        'o' | 'x' | 'X' => Ok("-#0"),
        'e' | 'E' => Ok("-#+ 0("),
        'f' => Ok("-#+ 0,("),
        'n' => Ok(""),
        't' | 'T' => Err("the conversions of dates, `%t…`, are not supported".into()),
        'a' | 'A' | 'h' | 'H' => Err(format!("the conversion `%{conversion}` is not supported").into()),
        unknown => Err(format!("there is no conversion `%{unknown}`").into()),
    }
}
