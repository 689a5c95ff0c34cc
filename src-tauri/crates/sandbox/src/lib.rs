//! TencentDB for Redis on loopback: the same API over HTTP and real TLS Redis endpoints.
//!
//! The control plane answers Tencent Cloud API 3.0 requests of the products `redis`, `region` and
//! `sts` on one address; the data plane gives every instance of a fleet its own loopback port that
//! takes TLS and plaintext as the real proxy does. Nothing outside the loopback interface is ever
//! bound or called.
//!
//! # Readings
//! What the vendor's documents leave open, and what the sandbox does:
//!
//! | Open | Here |
//! |---|---|
//! | `OpenSSL` with password-free access | `UnsupportedOperation.InstanceNotOperation` |
//! | `OpenSSL` on Redis 2.8; on CKV and Memcached | `FailedOperation.UnSupportError`; `InvalidParameterValue.UnSupportedType` |
//! | password-free access while SSL is on | `InvalidParameterValue.PasswordFreeDenied` |
//! | `OpenSSL` when on, `CloseSSL` when off, `ModifySSLEncryptionMode` to the same | `TaskId` -1 and no task |
//! | `ModifySSLEncryptionMode` and `UpdateSSLCert` when SSL is off | `UnsupportedOperation.InstanceNotOperation` |
//! | `required` | connections without TLS are closed, those that are open too; `DescribeSSLStatus` has no field for it |
//! | `UpdateSSLCert` | a new certificate of the region's CA, which cuts TLS connections; without `AddressType` it names what the old one did |
//! | `CertSource`, `CertId` | 0 is the region's CA; the SSL Certificates service has one certificate, `rs2K7mXq`, of a CA of its own, which the archive then has; every other `CertId` of source 1 is `ResourceNotFound` |
//! | `SSLMinVersion` | `TLSv1.2` (at first) and `TLSv1.3` |
//! | `AddressType` 1 and 3 | the certificate names the private IPv4, the public host |
//! | `AddressType` 0, -1 or none | no SAN extension |
//! | the state between task and status | `DescribeSSLStatus` follows four simulated seconds after the task |
//! | task types of SSL | `071` on, `072` off, `073` encryption mode, `074` certificate |
//! | instances that are isolated, to be deleted or being created | `DescribeSSLStatus` is `ResourceUnavailable.InstanceStatusError`, their port takes nothing |
//! | a task of another region, or none | `InvalidParameter.InvalidParameter` |
//! | a target version that is not offered | `FailedOperation.SystemError` |
//! | gzip | answers of 1 KiB and more, for who accepts it |
//! | times | UTC+8 |
//! | the archive | `ca.pem`, `ca.crt` (PEM both), `ca.p7b` (DER), `ca.jks` (password `tencentdb`), no sub-folder |
//! | who signs | a CA for each region, RSA 2048 in some and ECDSA P-256 in others; servers send their certificate alone |
//! | the public address | `localhost:PORT`, where the vendor has a host name |
//! | accounts | `AUTH password`, `AUTH default password`, `AUTH INSTANCE password`, `AUTH default@password`, `AUTH INSTANCE:password` |
//!
//! # Controls
//! Beside the API, unsigned, for tests and scripts:
//!
//! | | |
//! |---|---|
//! | `GET /sandbox/ledger` | [`Ledger`]: what was asked and what came of it |
//! | `GET`, `POST`, `DELETE /sandbox/faults` | a JSON list of [`Fault`]s: read, add to, clear |
//! | `POST /sandbox/clock` | `{"advance_seconds":N}` moves simulated time on |

mod archive;
mod authority;
mod chaos;
mod clock;
mod cloud;
mod control;
mod credentials;
mod data;
mod fault;
mod faults;
mod fleet;
mod forms;
mod instance;
mod jks;
mod ledger;
mod limits;
mod links;
mod options;
mod pkcs7;
mod sandbox;
mod state;
mod task;
mod text;

pub use authority::IssueError;
pub use fault::{Fault, ParseFaultError};
pub use forms::FaultForm;
pub use ledger::{Connections, Ledger, TaskRecord, WriteRecord};
pub use options::{Error, Options, Ready, TemporaryKey};
pub use sandbox::Sandbox;
