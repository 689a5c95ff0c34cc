//! What the user chose.

use crate::error::Error;
use crate::store::{Store, StoreError};
use crate::view::Settings;

const KEY: &str = "settings";

pub(crate) fn load(store: &Store) -> Result<Settings, StoreError> {
    Ok(store.document(KEY)?.unwrap_or_default())
}

pub(crate) fn save(store: &Store, settings: &Settings) -> Result<(), Error> {
    one_of("language", &settings.language, &["system", "en", "zh-CN"])?;
    one_of("theme", &settings.theme, &["system", "light", "dark"])?;
    Ok(store.put_document(KEY, settings)?)
}

fn one_of(field: &'static str, value: &str, allowed: &[&str]) -> Result<(), Error> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(Error::InvalidInput {
        field,
        problem: format!("{value:?} is not one of {}", allowed.join(", ")),
    })
}
