//! `ModifySSLEncryptionMode`, `UpdateSSLCert`: what can be changed while SSL is on.

use rediseal_tencent::redis::{
    EncryptionMode, ModifySslEncryptionModeRequest, UpdateSslCertRequest,
};
use serde_json::Value;

use super::{
    require_running,
    ssl::{address_type, no_task, require_address, switch},
};
use crate::{
    authority::MinVersion,
    control::{actions::Call, refusal::Refusal},
    fleet::Issuer,
    instance::Ssl,
    task::Work,
};

/// The id of the one certificate in the SSL Certificates service.
const OWN_CERTIFICATE: &str = "rs2K7mXq";

pub(crate) fn modify_mode(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: ModifySslEncryptionModeRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let required = is_required(&request.encryption_mode)?;
    require_running(call, index)?;
    if require_ssl(call, index)?.required == required {
        return no_task();
    }
    switch(call, index, Work::EncryptionMode { required })
}

pub(crate) fn update_certificate(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let request: UpdateSslCertRequest = call.request()?;
    let index = call.instance(&request.instance_id)?;
    let mode = request.encryption_mode.as_ref();
    let work = Work::UpdateCert {
        address_type: match request.address_type {
            None => None,
            given => Some(address_type(given)?),
        },
        oldest: request.ssl_min_version.as_deref().map(oldest).transpose()?,
        required: mode.map(is_required).transpose()?,
        issuer: issuer(&request)?,
    };
    require_running(call, index)?;
    require_ssl(call, index)?;
    if let Some(wanted) = request.address_type {
        require_address(&call.state.instances[index], wanted)?;
    }
    switch(call, index, work)
}

fn require_ssl<'a>(call: &'a Call<'_>, index: usize) -> Result<&'a Ssl, Refusal> {
    call.state.instances[index].ssl.as_ref().ok_or_else(|| {
        Refusal::new(
            "UnsupportedOperation.InstanceNotOperation",
            "SSL is off; turn it on first.",
            "SSL 未开启，请先开启 SSL。",
        )
    })
}

fn is_required(mode: &EncryptionMode) -> Result<bool, Refusal> {
    match mode {
        EncryptionMode::Flexible => Ok(false),
        EncryptionMode::Required => Ok(true),
        EncryptionMode::Other(_) => Err(Refusal::wrong_value(
            "EncryptionMode",
            "flexible and required are",
            "可选值为 flexible 和 required",
        )),
    }
}

fn oldest(name: &str) -> Result<MinVersion, Refusal> {
    MinVersion::named(name).ok_or_else(|| {
        Refusal::wrong_value(
            "SSLMinVersion",
            "TLSv1.2 and TLSv1.3 are",
            "可选值为 TLSv1.2 和 TLSv1.3",
        )
    })
}

fn issuer(request: &UpdateSslCertRequest) -> Result<Issuer, Refusal> {
    match (request.cert_source, &request.cert_id) {
        (None | Some(0), _) => Ok(Issuer::Region),
        (Some(1), None) => Err(Refusal::missing("CertId")),
        (Some(1), Some(id)) if id == OWN_CERTIFICATE => Ok(Issuer::Own),
        (Some(1), Some(id)) => Err(Refusal::new(
            "ResourceNotFound",
            format!("The SSL Certificates service has no certificate {id}."),
            format!("SSL 证书服务中不存在证书 {id}。"),
        )),
        (Some(_), _) => Err(Refusal::wrong_value(
            "CertSource",
            "0 and 1 are",
            "可选值为 0 和 1",
        )),
    }
}
