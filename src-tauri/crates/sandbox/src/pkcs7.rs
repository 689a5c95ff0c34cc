//! Certificates as a `.p7b` file: a degenerate PKCS#7 SignedData in DER (RFC 2315, 9.1).

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;

/// 1.2.840.113549.1.7.1
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const VERSION_1: &[u8] = b"\x02\x01\x01";

/// Wraps DER certificates, one after the other in `certificates`.
pub(crate) fn certificates(certificates: &[u8]) -> Vec<u8> {
    let empty_set = element(SET, &[]);
    let signed_data = [
        VERSION_1,
        &empty_set,
        &element(SEQUENCE, DATA),
        &element(CONTEXT_0, certificates),
        &empty_set,
    ]
    .concat();
    let content = element(CONTEXT_0, &element(SEQUENCE, &signed_data));
    element(SEQUENCE, &[SIGNED_DATA, &content].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match content.len() {
        short @ 0..0x80 => element.push(short as u8),
        long => {
            let length = long.to_be_bytes();
            let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
            element.push(0x80 | length.len() as u8);
            element.extend(length);
        }
    }
    element.extend(content);
    element
}
