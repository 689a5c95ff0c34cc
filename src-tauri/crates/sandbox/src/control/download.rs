//! The certificate link, which answers as Cloud Object Storage does.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures::stream;
use uuid::Uuid;
use zip::result::ZipError;

use crate::{
    archive,
    authority::{Authority, Ca},
    cloud::Cloud,
    fault::ZipFault,
};

/// `GET /certificates/{token}/TencentDB-SSL-CA.zip`.
pub(crate) async fn archive(
    State(cloud): State<Arc<Cloud>>,
    Path(token): Path<String>,
) -> Response {
    let link = cloud.with(|state, now| {
        state.ledger.downloads += 1;
        let link = state.links.find(&token)?;
        let instance = &state.instances[link.instance];
        let issuer = instance.ssl.as_ref().map(|ssl| ssl.archive);
        let authority = (instance.region.region.clone(), issuer.unwrap_or_default());
        Some((authority, link.ends < now))
    });
    let fault = cloud.faults.zip();
    let authority = match &link {
        Some(_) if fault == Some(ZipFault::Expired) => {
            return refused(StatusCode::FORBIDDEN, "AccessDenied");
        }
        None => return refused(StatusCode::NOT_FOUND, "NoSuchKey"),
        Some((_, true)) => return refused(StatusCode::FORBIDDEN, "AccessDenied"),
        Some((authority, false)) => cloud.authorities.get(authority),
    };
    if fault == Some(ZipFault::NotFound) {
        return refused(StatusCode::NOT_FOUND, "NoSuchKey");
    }
    if fault == Some(ZipFault::Huge) {
        return zip(Body::from_stream(endless()));
    }
    let Some(authority) = authority.cloned() else {
        return refused(StatusCode::NOT_FOUND, "NoSuchKey");
    };
    match tokio::task::spawn_blocking(move || build(&authority, fault)).await {
        Ok(Ok(bytes)) => zip(Body::from(bytes)),
        _ => refused(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
    }
}

#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error(transparent)]
    Authority(#[from] rcgen::Error),
    #[error(transparent)]
    Zip(#[from] ZipError),
}

fn build(authority: &Authority, fault: Option<ZipFault>) -> Result<Vec<u8>, BuildError> {
    let ca: Arc<Ca> = authority.ca()?;
    Ok(match fault {
        Some(ZipFault::Truncated) => {
            let mut whole = archive::archive(&ca)?;
            whole.truncate(whole.len() / 2);
            whole
        }
        Some(ZipFault::Bomb) => archive::bomb()?,
        Some(ZipFault::Traversal) => archive::traversal(&ca)?,
        Some(ZipFault::Empty) => archive::empty()?,
        Some(ZipFault::GarbagePem) => archive::garbage_pem()?,
        Some(ZipFault::Huge | ZipFault::NotFound | ZipFault::Expired) | None => {
            archive::archive(&ca)?
        }
    })
}

/// Goes on until the client leaves.
fn endless() -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
    static CHUNK: [u8; 64 * 1024] = [0; 64 * 1024];
    stream::repeat_with(|| Ok(Bytes::from_static(&CHUNK)))
}

fn zip(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    response
}

fn refused(status: StatusCode, code: &str) -> Response {
    let message = match status {
        StatusCode::FORBIDDEN => "Request has expired",
        StatusCode::NOT_FOUND => "The specified key does not exist.",
        _ => "The archive cannot be built.",
    };
    let body = format!(
        "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n\t<Code>{code}</Code>\n\t\
         <Message>{message}</Message>\n\t<RequestId>{}</RequestId>\n</Error>\n",
        Uuid::new_v4().simple()
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    response
}
