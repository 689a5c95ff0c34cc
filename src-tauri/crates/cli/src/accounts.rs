//! `rediseal-cli accounts`: the keys in the keychain.

use rediseal_engine::view::{AccountView, Keep, SignInForm, Site};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::args::{Accounts, Global};
use crate::engine::{self, account, open};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::secret;
use crate::table::Table;

pub(crate) async fn run(
    command: &Accounts,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = open(global, output, None).await?;
    match command {
        Accounts::List => {
            let app = engine.app_snapshot().await?;
            let value = json!({ "accounts": app.accounts, "active": app.active });
            output.result(&value, || {
                text(&app.accounts, app.active.as_deref(), output.language)
            });
        }
        Accounts::Add { name } => {
            let added = engine.sign_in(form(name, global, output)?).await?;
            let name = plain(&added.name);
            output.result(&added, || {
                say!(
                    output.language,
                    "{name} is checked and kept in the keychain\n",
                    "{name} 已验证并保存到钥匙串\n"
                )
            });
        }
        Accounts::Remove { name } => {
            let app = engine.app_snapshot().await?;
            let removed = account(&app.accounts, name, output)?;
            engine.remove_account(&removed.id).await?;
            let name = plain(&removed.name);
            output.result(removed, || {
                say!(
                    output.language,
                    "{name} is removed, its key too\n",
                    "{name} 及其密钥已删除\n"
                )
            });
        }
    }
    Ok(Exit::Yes)
}

/// From the environment, else from stdin: SecretId, SecretKey and, when there is one, the token,
/// a line each.
fn form(name: &str, global: &Global, output: &Output) -> Result<SignInForm, Failure> {
    if let Some(form) = engine::from_environment(global, output)? {
        return Ok(SignInForm {
            name: name.to_owned(),
            keep: Keep::Keychain,
            ..form
        });
    }
    let mut lines = secret::lines(output)?.into_iter();
    let (Some(secret_id), Some(secret_key)) = (lines.next(), lines.next()) else {
        return Err(Failure::usage(
            "stdin has no SecretId and SecretKey",
            output.language.of(
                "stdin must have the SecretId, the SecretKey and, if there is one, the token, a line each",
                "标准输入应依次为 SecretId、SecretKey 和令牌（如有），每行一个",
            ),
        ));
    };
    let token: Option<SecretString> = lines.next();
    Ok(SignInForm {
        name: name.to_owned(),
        site: engine::site(global),
        secret_id: secret_id.expose_secret().to_owned(),
        secret_key,
        token,
        keep: Keep::Keychain,
    })
}

fn text(accounts: &[AccountView], active: Option<&str>, language: Language) -> String {
    if accounts.is_empty() {
        return language
            .of(
                "no accounts; `rediseal-cli accounts add NAME` keeps a key\n",
                "没有账号；`rediseal-cli accounts add NAME` 可保存密钥\n",
            )
            .to_owned();
    }
    let mut table = Table::default();
    for account in accounts {
        let site = match &account.site {
            Site::Mainland => language.of("mainland", "中国站").to_owned(),
            Site::International => language.of("international", "国际站").to_owned(),
            Site::Custom { url } => plain(url),
        };
        let state = match (account.usable, active == Some(account.id.as_str())) {
            (false, _) => language.of("its key is not there", "密钥不可用"),
            (true, true) => language.of("in use", "使用中"),
            (true, false) => "",
        };
        table.row([
            plain(&account.name),
            plain(&account.secret_id),
            site,
            state.to_owned(),
        ]);
    }
    table.lines("").join("\n") + "\n"
}
