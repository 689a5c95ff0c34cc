//! PKCS#12 (RFC 7292): certificates with names, encrypted or not. Private keys are counted and
//! stay closed.

mod cipher;
mod kdf;
mod mac;
mod pbkdf2;
mod write;

use secrecy::{ExposeSecret as _, SecretString};

use self::kdf::{Password, Work};
use self::mac::Mac;
pub(crate) use self::write::write;
use crate::ber;
use crate::contents::{Kind, Read};
use crate::der::{
    BMP_STRING, CONTEXT_0, CONTEXT_0_PRIMITIVE, Element, INTEGER, OBJECT_IDENTIFIER, OCTETS,
    Reader, SEQUENCE, SET,
};
use crate::limits::Count;
use crate::{Certificate, Error, oid};

/// Bags in bags.
const DEPTH: usize = 4;

/// Whether it begins like one; what follows may be anything.
pub(crate) fn is_pfx(bytes: &[u8]) -> bool {
    Reader::of_beginning(bytes, SEQUENCE).is_some_and(|mut pfx| pfx.number() == Some(3))
}

/// Without a password, the empty one is tried.
pub(crate) fn read(
    bytes: &[u8],
    password: Option<&SecretString>,
    count: &mut Count,
) -> Result<Read, Error> {
    let der = ber::to_der(bytes).ok_or_else(|| unreadable("it is cut off, or not DER"))?;
    let pfx =
        Pfx::read(&der).ok_or_else(|| unreadable("it is cut off, or its frame is damaged"))?;
    if pfx.kind != oid::DATA {
        return Err(unsupported(pfx.kind));
    }
    let mac = pfx.mac.map(Mac::read).transpose()?;
    let text = password.map_or("", |password| password.expose_secret());
    let mut work = Work::new();
    for password in Password::forms(text) {
        let mut safe = Safe {
            password,
            work: &mut work,
            count,
            read: Read::new(Kind::Pkcs12),
        };
        match safe.open(pfx.contents, mac.as_ref()) {
            Ok(()) => return safe.read.not_empty(),
            Err(Error::PasswordWrong) => {}
            Err(error) => return Err(error),
        }
    }
    Err(match password {
        None => Error::PasswordNeeded,
        Some(_) => Error::PasswordWrong,
    })
}

/// The outermost frame.
struct Pfx<'a> {
    kind: &'a [u8],
    /// What the MAC is made over.
    contents: &'a [u8],
    mac: Option<Reader<'a>>,
}

impl<'a> Pfx<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut file = Reader(der);
        let mut pfx = file.enter(SEQUENCE).filter(|_| file.is_empty())?;
        pfx.take(INTEGER)?;
        let mut info = pfx.enter(SEQUENCE)?;
        let kind = info.take(OBJECT_IDENTIFIER)?;
        let mut explicit = info.enter(CONTEXT_0)?;
        let contents = match kind {
            oid::DATA => explicit.take(OCTETS)?,
            _ => &[],
        };
        let mac = match pfx.is_empty() {
            true => None,
            false => Some(pfx.enter(SEQUENCE)?),
        };
        Some(Self {
            kind,
            contents,
            mac,
        })
    }
}

/// A file that is being opened with one form of the password.
struct Safe<'a> {
    password: Password<'a>,
    work: &'a mut Work,
    count: &'a mut Count,
    read: Read,
}

impl Safe<'_> {
    fn open(&mut self, contents: &[u8], mac: Option<&Mac<'_>>) -> Result<(), Error> {
        if let Some(mac) = mac {
            mac.verify(contents, &self.password, self.work)?;
        }
        let damaged = || unreadable("its list of safes is damaged");
        let contents = ber::to_der(contents).ok_or_else(damaged)?;
        let mut safes = Reader(&contents).enter(SEQUENCE).ok_or_else(damaged)?;
        while !safes.is_empty() {
            let mut safe = safes.enter(SEQUENCE).ok_or_else(damaged)?;
            let kind = safe.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?;
            let mut content = safe.enter(CONTEXT_0).ok_or_else(damaged)?;
            match kind {
                oid::DATA => {
                    let bags = content.take(OCTETS).ok_or_else(damaged)?;
                    let bags = ber::to_der(bags).ok_or_else(damaged)?;
                    let bags = Reader(&bags).enter(SEQUENCE).ok_or_else(damaged)?;
                    self.bags(bags, DEPTH)?;
                }
                oid::ENCRYPTED_DATA => {
                    let bags = self.decrypt(content)?;
                    // With a wrong password the padding is right by chance once in 256 times.
                    let bags = ber::to_der(&bags).ok_or(Error::PasswordWrong)?;
                    let bags = Reader(&bags).enter(SEQUENCE).ok_or(Error::PasswordWrong)?;
                    self.bags(bags, DEPTH)?;
                }
                other => return Err(unsupported(other)),
            }
        }
        Ok(())
    }

    /// Of an `EncryptedData` (RFC 5652 8).
    fn decrypt(&mut self, mut data: Reader<'_>) -> Result<Vec<u8>, Error> {
        let damaged = || unreadable("an encrypted safe is damaged");
        let mut data = data.enter(SEQUENCE).ok_or_else(damaged)?;
        data.take(INTEGER).ok_or_else(damaged)?;
        let mut info = data.enter(SEQUENCE).ok_or_else(damaged)?;
        info.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?;
        let algorithm = info.enter(SEQUENCE).ok_or_else(damaged)?;
        let joined;
        let encrypted = match info.any().ok_or_else(damaged)? {
            Element {
                tag: CONTEXT_0_PRIMITIVE,
                content,
                ..
            } => content,
            Element {
                tag: CONTEXT_0,
                content,
                ..
            } => {
                joined = ber::joined(content).ok_or_else(damaged)?;
                &joined
            }
            _ => return Err(damaged()),
        };
        cipher::decrypt(algorithm, encrypted, &self.password, self.work)
    }

    fn bags(&mut self, mut bags: Reader<'_>, depth: usize) -> Result<(), Error> {
        let damaged = || unreadable("one of its bags is damaged");
        let depth = depth.checked_sub(1).ok_or_else(damaged)?;
        while !bags.is_empty() {
            let mut bag = bags.enter(SEQUENCE).ok_or_else(damaged)?;
            let kind = bag.take(OBJECT_IDENTIFIER).ok_or_else(damaged)?;
            let mut value = bag.enter(CONTEXT_0).ok_or_else(damaged)?;
            match kind {
                oid::CERTIFICATE_BAG => {
                    let mut bag_value = value.enter(SEQUENCE).ok_or_else(damaged)?;
                    if bag_value.take(OBJECT_IDENTIFIER) != Some(oid::X509_CERTIFICATE) {
                        self.read.others.push("SDSI certificate".to_owned());
                        continue;
                    }
                    let der = bag_value
                        .enter(CONTEXT_0)
                        .and_then(|mut explicit| explicit.take(OCTETS))
                        .ok_or_else(damaged)?;
                    self.count.one()?;
                    let certificate = Certificate::from_der(der)?;
                    self.read.add(certificate, friendly_name(bag));
                }
                oid::SAFE_CONTENTS_BAG => {
                    let inner = value.enter(SEQUENCE).ok_or_else(damaged)?;
                    self.bags(inner, depth)?;
                }
                oid::KEY_BAG | oid::SHROUDED_KEY_BAG => self.read.private_keys += 1,
                oid::REVOCATION_LIST_BAG => self.read.others.push("X509 CRL".to_owned()),
                _ => self.read.others.push("secret".to_owned()),
            }
        }
        Ok(())
    }
}

/// Of the attributes that follow a bag's value.
fn friendly_name(mut bag: Reader<'_>) -> Option<String> {
    let mut attributes = bag.enter(SET)?;
    while let Some(mut attribute) = attributes.enter(SEQUENCE) {
        if attribute.take(OBJECT_IDENTIFIER)? == oid::FRIENDLY_NAME {
            let text = attribute.enter(SET)?.take(BMP_STRING)?;
            let units = text
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
            return Some(name.collect());
        }
    }
    None
}

fn unreadable(reason: &str) -> Error {
    Error::Pkcs12 {
        reason: reason.to_owned(),
    }
}

fn unsupported(scheme: &[u8]) -> Error {
    Error::Scheme {
        name: oid::to_text(scheme),
    }
}
