//! A small strict reader of XML: enough to see that a document is well-formed, and what is in it.

use std::collections::BTreeMap;

/// An element with its own text.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
}

/// Returns the elements of a document in the order in which they begin, or what is wrong with it.
pub(crate) fn elements(document: &str) -> Result<Vec<Element>, String> {
    let mut rest = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").ok_or("no declaration")?;
    let (mut elements, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    while let Some((text, behind)) = rest.split_once('<') {
        let (tag, behind) = behind.split_once('>').ok_or("a tag that does not end")?;
        match open.last() {
            Some(&element) => elements[element].text += &decoded(text)?,
            None if text.trim().is_empty() => {}
            None => return Err(format!("text outside of elements: {text}")),
        }
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().ok_or("an end without a beginning")?;
            (elements[element].name == name).then_some(()).ok_or(format!("{name} ends another element"))?;
        } else {
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            elements.push(element(tag)?);
            (!is_empty).then(|| open.push(elements.len() - 1));
        }
        rest = behind;
    }
    if open.is_empty() && rest.trim().is_empty() { Ok(elements) } else { Err("elements that do not end".to_owned()) }
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once("=\"").ok_or(format!("no value: {rest}"))?;
        let (value, behind) = behind.split_once('"').ok_or(format!("a value that does not end: {behind}"))?;
        if attributes.insert(key.to_owned(), decoded(value)?).is_some() {
            return Err(format!("{key} stands twice"));
        }
        rest = behind.strip_prefix(' ').unwrap_or(behind);
    }
    Ok(Element { name: name.to_owned(), attributes, text: String::new() })
}

fn decoded(text: &str) -> Result<String, String> {
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, behind) = piece.split_once(';').ok_or(format!("a bare `&`: {piece}"))?;
        let entities = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"')];
        let (_, letter) =
            entities.into_iter().find(|(entity, _)| *entity == name).ok_or(format!("no entity {name}"))?;
        decoded.push(letter);
        decoded += behind;
    }
    let is_allowed = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    if decoded.chars().all(is_allowed) { Ok(decoded) } else { Err(format!("a control character: {decoded:?}")) }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let of = |body: &str| elements(&format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"));
    assert!(of("<a><b c=\"1\"/></a>").is_ok());
    for body in
        ["<a>", "<a></b>", "<a>&</a>", "<a b=\"<\"", "<a b=1/>", "<a b=\"1\" b=\"2\"/>", "<a>\u{1}</a>", "x<a/>"]
    {
        assert!(of(body).is_err(), "{body}");
    }
}
