//! `rediseal-cli accounts`: the keys in the keychain, and how each reaches the cloud.

use std::io::{self, IsTerminal as _, Write as _};

use jiff::Timestamp;
use rediseal_engine::Engine;
use rediseal_engine::view::{AccountView, Detected, DetectedProblem, Keep, SignInForm, Site};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::args::{Accounts, Global};
use crate::engine::{self, account, open};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::table::Table;
use crate::{identity, network, secret};

pub(crate) async fn run(
    command: &Accounts,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = open(global, output, None).await?;
    let app = engine.app_snapshot().await?;
    match command {
        Accounts::List => {
            let value = json!({ "accounts": app.accounts, "active": app.active });
            output.result(&value, || {
                list(&app.accounts, app.active.as_deref(), output.language)
            });
        }
        Accounts::Detected => {
            let value = json!({ "detected": app.detected });
            output.result(&value, || found(&app.detected, output.language));
        }
        Accounts::Add { name, expires } => {
            let form = form(&engine, name, *expires, global, output).await?;
            kept(&engine.sign_in(form).await?, &app.accounts, output);
        }
        Accounts::Import { id, name } => {
            let found = app.detected.iter().find(|found| found.id == *id);
            let found = found.ok_or_else(|| not_found(id, &app.detected, output))?;
            let site = match (&global.endpoint, found.site.clone()) {
                (None, Some(site)) => site,
                _ => engine::site(global),
            };
            let network = network::form(&engine, global, None, output).await?;
            let added = engine.take_detected(id, name.clone(), site, Keep::Keychain, network);
            kept(&added.await?, &app.accounts, output);
        }
        Accounts::Network {
            name,
            refuse_inspection,
        } => {
            let mut account = account(&app.accounts, name, output)?.clone();
            for key in refuse_inspection {
                account = engine.refuse_root(&account.id, key).await?;
                output.note(&say!(
                    output.language,
                    "the authority with the key {key} may read along no longer",
                    "公钥为 {key} 的机构不再允许解密查看"
                ));
            }
            if network::is_given(global) {
                let now = Some(&account.network);
                let form = network::form(&engine, global, now, output).await?;
                account = engine.change_network(&account.id, form).await?;
            }
            let reached = network::check(&engine, &account, global).await?;
            network::warn(&reached, Timestamp::now(), output);
            output.result(&reached, || {
                network::text(&reached.network, output.language)
            });
        }
        Accounts::Remove { name } => {
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

/// A key that is not among those that were found.
fn not_found(id: &str, detected: &[Detected], output: &Output) -> Failure {
    let (id, language) = (plain(id), output.language);
    let ids: Vec<_> = detected.iter().map(|found| plain(&found.id)).collect();
    let known = match ids.is_empty() {
        true => language.of("none", "无").to_owned(),
        false => ids.join(language.of(", ", "、")),
    };
    Failure::usage(
        format!("no key was found as {id}; those that were: {known}"),
        say!(
            language,
            "no key was found as {id}; an id is a tool and its profile, such as tccli/default\n  Found here: {known}; `rediseal-cli accounts detected` shows more of each.",
            "没有找到 {id}；ID 由工具及其配置名组成，例如 tccli/default\n  本机找到的有：{known}；`rediseal-cli accounts detected` 可查看详情。"
        ),
    )
}

/// `before` has the accounts as they were.
fn kept(added: &AccountView, before: &[AccountView], output: &Output) {
    network::warn(added, Timestamp::now(), output);
    let renamed = before
        .iter()
        .find(|known| known.id == added.id && known.name != added.name);
    if let Some(known) = renamed {
        let renamed = json!({ "renamed": { "from": known.name, "to": added.name } });
        let (from, to) = (plain(&known.name), plain(&added.name));
        output.missing(&renamed, || {
            say!(
                output.language,
                "warning: the same user was kept as {from}. That account is called {to} from now on, with this key; --account {from} finds it no more",
                "警告：同一用户此前保存为 {from}。该账号现已改名为 {to} 并使用此密钥；--account {from} 不再可用"
            )
        });
    }
    let name = plain(&added.name);
    let who = identity::text(added.identity.as_ref(), output.language);
    output.result(added, || {
        say!(
            output.language,
            "{name} is checked and kept in the keychain: {who}\n",
            "{name} 已验证并保存到钥匙串：{who}\n"
        )
    });
}

/// From the environment, else from stdin: SecretId, SecretKey and, when there is one, the token,
/// a line each.
async fn form(
    engine: &Engine,
    name: &str,
    expires: Option<Timestamp>,
    global: &Global,
    output: &Output,
) -> Result<SignInForm, Failure> {
    if let Some(form) = engine::from_environment(engine, global, output).await? {
        return Ok(SignInForm {
            name: name.to_owned(),
            expires,
            keep: Keep::Keychain,
            ..form
        });
    }
    let lines = match io::stdin().is_terminal() {
        true => asked(output)?,
        false => secret::lines(output)?,
    };
    let mut lines = lines.into_iter();
    let (Some(secret_id), Some(secret_key)) = (lines.next(), lines.next()) else {
        return Err(Failure::usage(
            "stdin has no SecretId and SecretKey",
            output.language.of(
                "stdin must have the SecretId, the SecretKey and, if there is one, the token, a line each",
                "标准输入应依次为 SecretId、SecretKey 和令牌（如有），每行一个",
            ),
        ));
    };
    Ok(SignInForm {
        name: name.to_owned(),
        site: engine::site(global),
        secret_id: secret_id.expose_secret().to_owned(),
        secret_key,
        token: lines.next(),
        expires,
        keep: Keep::Keychain,
        network: network::form(engine, global, None, output).await?,
        replaces: None,
    })
}

/// What a terminal answers; only the SecretId is shown.
fn asked(output: &Output) -> Result<Vec<SecretString>, Failure> {
    let language = output.language;
    let failed = |error: io::Error| {
        Failure::usage(
            format!("the terminal cannot be read: {error}"),
            say!(
                language,
                "the terminal cannot be read: {error}",
                "无法读取终端：{error}"
            ),
        )
    };
    let mut terminal = io::stderr();
    write!(terminal, "SecretId: ")
        .and_then(|()| terminal.flush())
        .map_err(failed)?;
    let mut secret_id = String::new();
    io::stdin().read_line(&mut secret_id).map_err(failed)?;
    let hidden = |prompt| secret::hidden(prompt, output);
    let secret_key = hidden(language.of("SecretKey (hidden): ", "SecretKey（不显示）："))?;
    let token = hidden(language.of(
        "Token, for a temporary key only (hidden): ",
        "Token，仅临时密钥需要（不显示）：",
    ))?;
    Ok([SecretString::from(secret_id.trim()), secret_key, token]
        .into_iter()
        .filter(|line| !line.expose_secret().is_empty())
        .collect())
}

fn site(site: &Site, language: Language) -> String {
    match site {
        Site::Mainland => language.of("mainland", "中国站").to_owned(),
        Site::International => language.of("international", "国际站").to_owned(),
        Site::Custom { url } => plain(url),
    }
}

fn list(accounts: &[AccountView], active: Option<&str>, language: Language) -> String {
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
        let state = match (account.usable, active == Some(account.id.as_str())) {
            (false, _) => language.of("its key is not there", "密钥不可用"),
            (true, true) => language.of("in use", "使用中"),
            (true, false) => "",
        };
        table.row([
            plain(&account.name),
            plain(&account.secret_id),
            site(&account.site, language),
            identity::text(account.identity.as_ref(), language),
            until(account.temporary, account.expires, language),
            state.to_owned(),
        ]);
    }
    table.lines("").join("\n") + "\n"
}

/// When a temporary key ends.
fn until(temporary: bool, expires: Option<Timestamp>, language: Language) -> String {
    let Some(expires) = expires.filter(|_| temporary) else {
        let words = language.of("temporary", "临时密钥");
        return if temporary {
            words.to_owned()
        } else {
            String::new()
        };
    };
    let left = expires.as_second() - Timestamp::now().as_second();
    let span = network::span(left.unsigned_abs(), language);
    if left > 0 {
        say!(language, "ends in {span}", "{span} 后到期")
    } else {
        say!(language, "ended {span} ago", "已于 {span} 前到期")
    }
}

fn found(detected: &[Detected], language: Language) -> String {
    if detected.is_empty() {
        return language
            .of("no keys were found\n", "没有找到密钥\n")
            .to_owned();
    }
    let mut table = Table::default();
    for found in detected {
        let mut remarks = Vec::new();
        if let Some(problem) = &found.problem {
            remarks.push(problem_text(problem, language));
        }
        if found.problem.is_none() && found.temporary {
            remarks.push(until(true, found.expires, language));
        }
        if found.renewed_elsewhere {
            remarks.push(
                language
                    .of(
                        "renewed by tccli only: import it again when it ended",
                        "仅由 tccli 续期：到期后请重新导入",
                    )
                    .to_owned(),
            );
        }
        if let Some(role) = &found.role {
            let role = plain(role);
            remarks.push(say!(
                language,
                "used as it is, without the role {role}",
                "直接使用此密钥，不扮演角色 {role}"
            ));
        }
        table.row([
            plain(&found.id),
            plain(&found.secret_id),
            plain(&found.place),
            remarks.join(language.of("; ", "；")),
        ]);
    }
    let end = language.of(
        "`rediseal-cli accounts import ID NAME` keeps one\n",
        "`rediseal-cli accounts import ID NAME` 可保存其中之一\n",
    );
    table.lines("").join("\n") + "\n" + end
}

fn problem_text(problem: &DetectedProblem, language: Language) -> String {
    match problem {
        DetectedProblem::Unreadable { reason } => {
            let reason = plain(reason);
            say!(language, "cannot be read: {reason}", "无法读取：{reason}")
        }
        DetectedProblem::Malformed { line } => say!(
            language,
            "not in its form: look at line {line}",
            "格式有误：请查看第 {line} 行"
        ),
        DetectedProblem::Incomplete { missing } => {
            let missing = plain(missing);
            say!(language, "{missing} is missing", "缺少 {missing}")
        }
        DetectedProblem::OnlyInCloud => language
            .of(
                "works on a virtual machine in the cloud only",
                "仅可在云服务器上使用",
            )
            .to_owned(),
    }
}
