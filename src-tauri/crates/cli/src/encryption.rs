//! `rediseal-cli encryption-mode` and `update-certificate`.

use rediseal_engine::view::{Action, Confirmation, PlaintextLook};
use rediseal_probe::WithoutTls;

use crate::args::{self, Global};
use crate::change::{carry_out, ready};
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, Tone, plain};

/// Without a mode, only looks.
pub(crate) async fn encryption_mode(
    arguments: &args::EncryptionMode,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let Some(mode) = arguments.mode else {
        return look(&arguments.change.id, global, output).await;
    };
    let engine = ready(&arguments.change, global, output).await?;
    let confirmation = Confirmation {
        typed: arguments.confirm.clone(),
        ..Confirmation::default()
    };
    let action = Action::SetEncryptionMode { mode: mode.into() };
    carry_out(&engine, action, &arguments.change, confirmation, output).await
}

pub(crate) async fn update_certificate(
    arguments: &args::UpdateCertificate,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = ready(&arguments.change, global, output).await?;
    let action = Action::UpdateCertificate {
        address: arguments.address.map(Into::into),
        min_version: arguments.min_version.map(Into::into),
        certificate_id: arguments.certificate_id.clone(),
    };
    let confirmation = Confirmation::default();
    carry_out(&engine, action, &arguments.change, confirmation, output).await
}

/// Tries the instance without TLS; yes when it refuses.
async fn look(id: &str, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let engine = signed_in(global, output, None).await?;
    let look = engine.plaintext(id).await?;
    output.result(&look, || text(&look, output));
    Ok(match look.seen {
        WithoutTls::Refused => Exit::Yes,
        WithoutTls::Accepted => Exit::No,
        WithoutTls::NotSeen => Exit::Unreachable,
    })
}

fn text(look: &PlaintextLook, output: &Output) -> String {
    let address = plain(&look.address);
    let (english, chinese, tone) = match look.seen {
        WithoutTls::Refused => (
            "plaintext is refused, only TLS is served",
            "拒绝明文，仅提供 TLS",
            Tone::Good,
        ),
        WithoutTls::Accepted => ("plaintext is accepted", "接受明文", Tone::Careful),
        WithoutTls::NotSeen => (
            "not seen: it cannot be reached from here",
            "未能观察：从本机无法访问",
            Tone::Careful,
        ),
    };
    let seen = output.paint(output.language.of(english, chinese), tone);
    say!(
        output.language,
        "{address}: {seen}\n",
        "{address}：{seen}\n"
    )
}
