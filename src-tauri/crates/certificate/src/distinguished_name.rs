//! Distinguished names as text, RFC 4514.

use x509_parser::asn1_rs::{Any, Tag, ToDer};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The most specific part first, as RFC 4514 has it: `CN=redis,O=Example,C=CN`.
pub(crate) fn to_text(name: &X509Name<'_>) -> String {
    let reversed = |mut parts: Vec<String>, separator| {
        parts.reverse();
        parts.join(separator)
    };
    let sets = name
        .iter_rdn()
        .map(|set| reversed(set.iter().map(attribute).collect(), "+"));
    reversed(sets.collect(), ",")
}

/// The last common name: the most specific one.
pub(crate) fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name()
        .last()
        .and_then(|attribute| text(attribute.attr_value()))
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let keyword = match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.6" => "C",
        "2.5.4.9" => "STREET",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        "2.5.4.5" => "serialNumber",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return format!("{oid}={}", hexadecimal(attribute.attr_value())),
    };
    match text(attribute.attr_value()) {
        Some(value) => format!("{keyword}={}", escape(&value)),
        None => format!("{keyword}={}", hexadecimal(attribute.attr_value())),
    }
}

fn text(value: &Any<'_>) -> Option<String> {
    let bytes = value.as_bytes();
    match value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString => String::from_utf8(bytes.to_vec()).ok(),
        // T.61 has no agreed table; every implementation in use means Latin-1.
        Tag::TeletexString => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let units = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            (bytes.len().is_multiple_of(2))
                .then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok())
                .flatten()
        }
        _ => None,
    }
}

fn hexadecimal(value: &Any<'_>) -> String {
    let der = value.to_der_vec().unwrap_or_default();
    format!("#{}", hex::encode(der))
}

/// RFC 4514 2.4. Characters that do not print are escaped too, so that a name cannot steer a
/// terminal or turn the text around it.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '#' if at == 0 => escaped.push_str("\\#"),
            ' ' if at == 0 || at == last => escaped.push_str("\\ "),
            _ if unprintable(character) => {
                let mut buffer = [0; 4];
                for byte in character.encode_utf8(&mut buffer).bytes() {
                    escaped.push_str(&format!("\\{byte:02X}"));
                }
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Controls, and the marks that reorder text (Unicode UAX #9) or take no room.
fn unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escapes_as_rfc_4514_asks() {
        assert_eq!(
            escape("James \"Jim\" Smith, III"),
            "James \\\"Jim\\\" Smith\\, III"
        );
        assert_eq!(escape("Before\rAfter"), "Before\\0DAfter");
        assert_eq!(escape(" # lead and trail "), "\\ # lead and trail\\ ");
        assert_eq!(escape("#1"), "\\#1");
        assert_eq!(escape(" "), "\\ ");
        assert_eq!(escape("深圳市腾讯"), "深圳市腾讯");
        assert_eq!(escape("a\u{202e}b\u{1b}[2J"), "a\\E2\\80\\AEb\\1B[2J");
    }
}
