//! Programs that connect to an instance, or to any server: what is known of it, put together.

use std::path::Path;

use rediseal_certificate::Format;
use rediseal_certificate::snippet::{
    Comments, Connection, Library, Login, NameCheck, PASSWORD_VARIABLE, TRUSTSTORE_VARIABLE,
    snippet,
};
use rediseal_probe::{Address, Cause, Language, Naming, Report, Trust};
use serde_json::json;

use crate::accounts::Account;
use crate::certificates::save;
use crate::engine::Engine;
use crate::error::Error;
use crate::rows::{ipv6_address, private_address, public_address};
use crate::store::Known;
use crate::view::{
    CaFile, CaOrigin, LibraryView, NameSeen, SavedFile, SeenBy, SnippetChoice, SnippetForm,
    SnippetView,
};

/// Every library that there is a snippet for, in the order in which they are offered.
#[must_use]
pub fn snippet_libraries() -> Vec<LibraryView> {
    Library::ALL.iter().copied().map(view).collect()
}

/// The snippet for a server that is no instance, after a test of it. `choice.account` is a user
/// of its ACL.
///
/// # Errors
///
/// When something of the choice cannot stand in a program.
pub fn snippet_of_address(
    address: &Address,
    report: &Report,
    choice: &SnippetChoice,
) -> Result<SnippetView, Error> {
    let trust = choice.library.trust();
    let ca = match &choice.ca {
        Some(path) => given(path),
        None => not_saved(format!("ca.{}", trust.extension())),
    };
    let login = choice
        .account
        .as_deref()
        .map_or(Login::Default, Login::User);
    let seen = Some((report, SeenBy::ThisTest));
    written(address, seen, login, ca, choice)
}

impl Engine {
    /// The snippet of a library for an instance. What its certificate says of the address comes
    /// from the last test; without any, one is made where the form asks for it.
    ///
    /// # Errors
    ///
    /// When the instance cannot be read or has no such address, or something of the choice cannot
    /// stand in a program. A test that fails is no error: the certificate was not seen then.
    pub async fn snippet(&self, form: SnippetForm) -> Result<SnippetView, Error> {
        let account = self.inner.accounts.active()?;
        let id = &form.instance_id;
        let known = match self.inner.fleet.known(id) {
            Some(known) => known,
            None => self.read_instance(&account, id).await?,
        };
        let address = chosen(&known, form.address.as_deref())?;
        let choice = &form.choice;
        let ca = match &choice.ca {
            Some(path) => given(path),
            None => self.saved(id, choice.library.trust())?,
        };
        let last = self.inner.fleet.report(id);
        let last = last.filter(|report| !report.chain.is_empty());
        let report = match last {
            Some(report) => Some((report, SeenBy::LastTest)),
            None if form.look => {
                let looked = self.look_for_snippet(&account, &known, &address).await;
                looked.map(|report| (report, SeenBy::ThisTest))
            }
            None => None,
        };
        let seen = report.as_ref().map(|(report, by)| (report, *by));
        let login = choice.account.as_deref();
        let login = login.map_or(Login::Default, Login::Account);
        written(&address, seen, login, ca, choice)
    }

    /// Writes the program. The path is one that the user chose.
    ///
    /// # Errors
    ///
    /// When the file exists and `overwrite` does not say so, or writing fails.
    pub fn save_snippet_to(
        &self,
        snippet: &SnippetView,
        path: &Path,
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        save(path, snippet.code.as_bytes(), overwrite)
    }

    async fn look_for_snippet(
        &self,
        account: &Account,
        known: &Known,
        address: &Address,
    ) -> Option<Report> {
        let archive = self.archive(account, known.id()).await.ok()?;
        let trust = Trust::Authorities(archive.authorities());
        let route = self.usual_route(account, known.id()).await;
        let report = self.look_from(account, address.clone(), trust, route);
        let report = report.await.ok()?;
        self.keep_reports(account, &[(known.id().to_owned(), &report)]);
        Some(report)
    }

    /// The newest file that was saved for the instance in this form and is still there.
    fn saved(&self, instance_id: &str, format: Format) -> Result<CaFile, Error> {
        let log = crate::audit::log(&self.inner.store)?;
        let is_one = |entry: &&crate::view::AuditEntry| {
            entry.action == "save_certificate"
                && entry.target == instance_id
                && entry.facts.get("format") == Some(&json!(format))
        };
        let paths = log.entries.iter().filter(is_one);
        let paths = paths.filter_map(|entry| entry.facts.get("path")?.as_str());
        let mut there =
            paths.filter(|path| Path::new(path).is_absolute() && Path::new(path).is_file());
        Ok(match there.next() {
            Some(path) => CaFile {
                path: path.to_owned(),
                origin: CaOrigin::Saved,
            },
            None => not_saved(format!("{instance_id}-ca.{}", format.extension())),
        })
    }
}

fn view(library: Library) -> LibraryView {
    LibraryView {
        id: library,
        name: library.name().to_owned(),
        language: library.language().to_owned(),
        file_name: library.file_name().to_owned(),
        trust: library.trust(),
        can_check_name: library.can_check_name(),
        evidence: library.evidence(),
    }
}

fn given(path: &str) -> CaFile {
    CaFile {
        path: path.to_owned(),
        origin: CaOrigin::Given,
    }
}

const fn not_saved(path: String) -> CaFile {
    CaFile {
        path,
        origin: CaOrigin::NotSaved,
    }
}

/// One of the instance's own addresses.
fn chosen(known: &Known, wanted: Option<&str>) -> Result<Address, Error> {
    let instance = &known.instance;
    let private = private_address(instance);
    let address = match wanted {
        None => private,
        Some(wanted) => [private, public_address(instance), ipv6_address(instance)]
            .into_iter()
            .flatten()
            .find(|own| own == wanted),
    };
    let address = address.ok_or_else(|| Error::InvalidInput {
        field: "address",
        problem: "the instance has no such address".to_owned(),
    })?;
    Ok(Address::parse(&address)?)
}

fn written(
    address: &Address,
    seen: Option<(&Report, SeenBy)>,
    login: Login<'_>,
    ca: CaFile,
    choice: &SnippetChoice,
) -> Result<SnippetView, Error> {
    let host = address.host();
    let naming = seen.and_then(|(report, _)| report.naming(&host));
    // The name is left out where it is known that there is none, and nowhere else.
    let name = match naming {
        Some(Naming::Nameless) => NameCheck::ChainOnly,
        Some(Naming::Named | Naming::Other { .. }) | None => NameCheck::Full,
    };
    let variable = choice.password_variable.as_deref();
    let variable = variable.unwrap_or(PASSWORD_VARIABLE);
    let connection = Connection {
        host: &host,
        port: address.port(),
        ca: &ca.path,
        login,
        password_variable: variable,
        name,
    };
    let comments = match choice.language {
        Language::En => Comments::english(),
        Language::ZhCn => Comments::chinese(),
    };
    let library = choice.library;
    let snippet = snippet(library, &connection, comments)?;
    let mut variables = vec![variable.to_owned()];
    if library.trust().needs_password() {
        variables.push(TRUSTSTORE_VARIABLE.to_owned());
    }
    let is_seen = naming.is_some();
    Ok(SnippetView {
        library: view(library),
        code: snippet.code,
        marked: snippet.marked,
        address: address.to_string(),
        ca,
        variables,
        checks_name: library.can_check_name() && name == NameCheck::Full,
        naming,
        seen: seen.filter(|_| is_seen).map(|(report, by)| NameSeen {
            by,
            at: report.started,
        }),
        problem: seen.and_then(|(report, _)| problem(report)),
    })
}

/// What is wrong with the server beside its name.
fn problem(report: &Report) -> Option<Cause> {
    report.cause.filter(|cause| {
        !matches!(
            cause,
            Cause::CertificateNameNotCheckable | Cause::CertificateNameMismatch
        )
    })
}
