//! The built-in sandbox: started on demand, in this process, and kept until it ends.

use rediseal_engine::Code;
use rediseal_engine::view::{EdgeError, FactMap, Keep, NetworkForm, SignInForm, Site};
use rediseal_sandbox::{Options, Sandbox};
use tokio::sync::OnceCell;

/// Overrides [`SPEED`]: for tests.
const SPEED_VARIABLE: &str = "REDISEAL_SANDBOX_SPEED";
/// Simulated seconds a second: a task of a minute is watched for six seconds.
const SPEED: f64 = 10.0;

/// At most one sandbox.
#[derive(Default)]
pub(crate) struct BuiltIn(OnceCell<Sandbox>);

impl BuiltIn {
    /// Starts the sandbox, once, and says how to sign in to it.
    pub(crate) async fn form(&self) -> Result<SignInForm, EdgeError> {
        let sandbox = self.0.get_or_try_init(start).await?;
        let ready = sandbox.ready();
        Ok(SignInForm {
            name: "Sandbox".to_owned(),
            site: Site::Custom {
                url: ready.endpoint.clone(),
            },
            secret_id: ready.secret_id.clone(),
            secret_key: ready.secret_key.clone().into(),
            token: None,
            expires: None,
            keep: Keep::Session,
            network: NetworkForm::default(),
            replaces: None,
        })
    }
}

async fn start() -> Result<Sandbox, EdgeError> {
    let speed = std::env::var(SPEED_VARIABLE)
        .ok()
        .and_then(|speed| speed.parse().ok())
        .unwrap_or(SPEED);
    let options = Options {
        speed,
        ..Options::default()
    };
    Sandbox::start(options).await.map_err(|error| EdgeError {
        code: Code::Internal,
        message: format!("the sandbox does not start: {error}"),
        retryable: true,
        request_id: None,
        details: FactMap::new(),
    })
}
