//! A service account: through the gateway on Cloud, with a personal access token on Data Center, and for no person.

use usher::{
    error::JiraError,
    jira::{Http, ServiceAccount, ServiceLogin},
};

use crate::world::{World, site};

fn basic(email: &str, token: &str) -> ServiceLogin {
    ServiceLogin::Basic { email: email.into(), token: token.into() }
}

fn bearer(token: &str) -> ServiceLogin {
    ServiceLogin::Bearer { token: token.into() }
}

async fn on_cloud(world: &World, login: ServiceLogin) -> Result<String, JiraError> {
    let (browse, gateway) =
        (world.sandbox.cloud_url().parse().unwrap(), world.sandbox.api_url().parse::<url::Url>().unwrap());
    let account = ServiceAccount::cloud(Http::new().unwrap(), site("acme"), browse, &gateway, &login).await?;
    Ok(format!("{} {}", account.myself().await?.name, account.server_info().await?.version))
}

async fn on_data_center(world: &World, login: ServiceLogin) -> Result<String, JiraError> {
    let base = world.sandbox.dc_url().parse().unwrap();
    let account = ServiceAccount::data_center(Http::new().unwrap(), site("corp"), base, &login)?;
    Ok(format!("{} {}", account.myself().await?.name, account.server_info().await?.version))
}

#[tokio::test]
async fn cloud_is_asked_through_its_gateway_with_either_scheme() {
    let world = World::new().await;
    let token = world.sandbox.api_token_for("grace");
    let wanted = Ok("Grace Hopper 1001.0.0-SNAPSHOT".to_owned());
    assert_eq!(on_cloud(&world, basic("grace@engine.example", &token)).await, wanted);
    assert_eq!(on_cloud(&world, bearer(&token)).await, wanted);
    let hosts: Vec<&str> = world.sandbox.calls().iter().map(|call| call.host).collect();
    assert_eq!(hosts, ["cloud", "api", "api", "cloud", "api", "api"], "the site says its cloud id and no more");
    for wrong in [
        basic("ada@engine.example", &token),
        basic("grace@engine.example", "guess"),
        bearer("guess"),
        bearer(&world.sandbox.personal_token_for("grace")),
    ] {
        assert_eq!(on_cloud(&world, wrong).await, Err(JiraError::Unauthorized));
    }
}

#[tokio::test]
async fn data_center_takes_a_personal_access_token() {
    let world = World::new().await;
    let token = world.sandbox.personal_token_for("linus");
    assert_eq!(on_data_center(&world, bearer(&token)).await, Ok("Linus Winter 10.3.24".to_owned()));
    assert_eq!(on_data_center(&world, bearer("guess")).await, Err(JiraError::Unauthorized));
    assert!(on_data_center(&world, bearer(&world.sandbox.api_token_for("linus"))).await.is_err());
}
