//! The way of a test to its server.

use rediseal_probe::{Hop, Route, ViaError};

use crate::error::Error;
use crate::view::ViaForm;

/// What the probe is told.
pub(crate) fn route(form: Option<&ViaForm>) -> Result<Route, Error> {
    let Some(form) = form else {
        return Ok(Route::Direct);
    };
    let unusable = |error: ViaError| Error::InvalidInput {
        field: "via",
        problem: error.to_string(),
    };
    let via = form.url.parse().map_err(unusable)?;
    Ok(Route::Through(Box::new(Hop {
        via,
        password: form.password.clone(),
    })))
}
