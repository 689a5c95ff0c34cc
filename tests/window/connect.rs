//! Programs to copy: the library is chosen and remembered, and what is copied, saved and shown is
//! what the engine writes for both faces.

use rediseal_certificate::snippet::{
    Comments, Connection, Library, Login, NameCheck, PASSWORD_VARIABLE, snippet,
};

use crate::app::{App, SOON, Start, hook};
use crate::cloud::{ENCRYPTED, enter, sandbox};
use crate::scene::Scene;
use crate::wait::eventually;

/// Its certificate has no name.
const NAMELESS: &str = "crs-f9u7lp2z";

#[tokio::test]
async fn a_program_is_chosen_copied_and_saved_and_names_the_file_that_was_saved() {
    let cloud = sandbox(100.0).await;
    Scene::play("connect", Start::default(), async |scene| {
        let (app, desktop) = (scene.app(), &scene.desktop);
        enter(app, &cloud).await;
        app.open_row(ENCRYPTED).await;
        app.click(&hook("tab-connect")).await;
        choose(app, "go-redis", "named").await;
        let (host, port) = address(app).await;
        let of = |library, ca: &str, name| {
            let connection = Connection {
                host: &host,
                port,
                ca,
                login: Login::Default,
                password_variable: PASSWORD_VARIABLE,
                name,
            };
            let written = snippet(library, &connection, Comments::english());
            written.unwrap().code
        };
        let expected = of(Library::GoRedis, "crs-5k2mfx7q-ca.pem", NameCheck::Full);
        assert_eq!(shown(app).await, expected);

        // The page cannot read the clipboard, but its user can paste.
        app.click(&hook("snippet-copy")).await;
        app.click(&hook("snippet-ca")).await;
        desktop.press(&["ctrl+v"]).await;
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        eventually("what was copied is pasted", SOON, async || {
            let field = app.find(&hook("snippet-ca")).await;
            let pasted = field.prop("value").await.unwrap().unwrap_or_default();
            solid(&pasted) == solid(&expected)
        })
        .await;
        app.fill(&hook("snippet-ca"), "").await;

        let program = desktop.home().join("Downloads/redis_tls.go");
        eventually("the program is itself again", SOON, async || {
            shown(app).await == expected
        })
        .await;
        app.click(&hook("snippet-save")).await;
        desktop.answer_file_dialog("Save program", &program).await;
        eventually("the program is there", SOON, async || program.exists()).await;
        assert_eq!(std::fs::read_to_string(&program).unwrap(), expected);

        let ca = desktop.home().join("Downloads/redis.pem");
        app.click(&hook("trust-pem")).await;
        desktop.answer_file_dialog("Save certificate", &ca).await;
        let expected = of(Library::GoRedis, ca.to_str().unwrap(), NameCheck::Full);
        eventually("the program names the saved file", SOON, async || {
            shown(app).await == expected
        })
        .await;

        // Java opens its file with a password.
        choose(app, "jedis", "named").await;
        let store = desktop.home().join("Downloads/redis.p12");
        app.click(&hook("trust-p12")).await;
        app.fill(&hook("truststore-secret"), "correct horse").await;
        app.click(&hook("truststore-save")).await;
        desktop.answer_file_dialog("Save certificate", &store).await;
        let expected = of(Library::Jedis, store.to_str().unwrap(), NameCheck::Full);
        eventually("the program names the truststore", SOON, async || {
            shown(app).await == expected
        })
        .await;

        app.click(&hook("nav-instances")).await;
        app.open_row(NAMELESS).await;
        app.click(&hook("tab-connect")).await;
        let remembered = format!("{}[data-library='jedis']", hook("snippet"));
        app.find(&format!("{remembered}[data-name='nameless']"))
            .await;
        assert!(shown(app).await.contains("SslVerifyMode.CA)"));
        let evidence = hook("snippet-evidence");
        assert_eq!(app.attribute(&evidence, "data-evidence").await, "read");
    })
    .await;
}

/// Chooses it, and waits until the certificate was seen.
async fn choose(app: &App, library: &str, name: &str) {
    app.click(&hook(&format!("library-{library}"))).await;
    let snippet = hook("snippet");
    app.find(&format!(
        "{snippet}[data-library='{library}'][data-name='{name}']"
    ))
    .await;
}

/// The program as its lines.
async fn shown(app: &App) -> String {
    let script = "return [...document.querySelectorAll(\"[data-testid='code'] .l\")]\
                  .map((line) => line.textContent.trimEnd() + '\\n').join('')";
    app.script(script).await.as_str().unwrap().to_owned()
}

async fn address(app: &App) -> (String, u16) {
    let text = app.attribute(&hook("snippet"), "data-address").await;
    let (host, port) = text.rsplit_once(':').unwrap();
    (host.to_owned(), port.parse().unwrap())
}
