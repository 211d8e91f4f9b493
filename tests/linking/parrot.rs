//! A platform that answers its HTTP requests with the status that they ask for, and does nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use usher_chat::{
    AdapterError, ChatAdapter, Command, Destination, FileContent, Host, HttpRequest, HttpResponse, IncomingFile,
    Member, MessageRef, OpenError, Person, Platform, Reply, SendError, Sent, Workspace,
};

/// It stands for this platform.
pub struct Parrot(Platform);

impl Parrot {
    /// One for this platform.
    pub fn of(platform: Platform) -> Arc<dyn ChatAdapter> {
        Arc::new(Self(platform))
    }
}

#[async_trait]
impl ChatAdapter for Parrot {
    fn platform(&self) -> Platform {
        self.0.clone()
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        host.stopping().await;
        Ok(())
    }

    async fn send(&self, _to: &Destination, _reply: Reply) -> Result<Sent, SendError> {
        Ok(Sent::NoPrivateWay)
    }

    async fn delete(&self, _message: &MessageRef) -> Result<(), SendError> {
        Ok(())
    }

    async fn member(&self, _workspace: &Workspace, _person: &Person) -> Result<Member, AdapterError> {
        Ok(Member::default())
    }

    async fn admins(&self, _workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        Ok(Vec::new())
    }

    async fn publish(&self, _commands: &[Command]) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn open(&self, _file: &IncomingFile) -> Result<FileContent, OpenError> {
        Err(OpenError::Gone)
    }

    async fn http(&self, request: HttpRequest) -> Option<HttpResponse> {
        let wants = request.headers().get("x-wants").and_then(|wants| wants.to_str().ok()).unwrap_or("401");
        let mut response = HttpResponse::default();
        *response.status_mut() = wants.parse().unwrap();
        Some(response)
    }
}
