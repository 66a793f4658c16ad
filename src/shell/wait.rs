//! Waiting. What has to wait is a future that nobody wakes: JavaScript asks it to go on, waits for the promise that it
//! gets, and asks again with what came of that. So there is no queue in here, and nothing of ours runs but in a call that
//! JavaScript made, where it sees a trap.

use super::bridge::{self, Response};
use js_sys::Promise;
use std::{
    cell::Cell,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// What JavaScript gives, or throws.
pub(super) type Came<T = JsValue> = Result<T, JsValue>;

thread_local! {
    /// What the task that is going on waits for.
    static WANTED: Cell<Option<Promise>> = const { Cell::new(None) };
    /// What came of that.
    static CAME: Cell<Option<Came>> = const { Cell::new(None) };
}

/// Waits for a promise.
pub(super) fn wait(promise: Promise) -> impl Future<Output = Came> {
    let mut promise = Some(promise);
    poll_fn(move |_| {
        if let Some(promise) = promise.take() {
            WANTED.set(Some(promise));
            return Poll::Pending;
        }
        CAME.take().map_or(Poll::Pending, Poll::Ready)
    })
}

/// Something to be done that has to wait.
#[wasm_bindgen]
pub struct Task(Pin<Box<dyn Future<Output = Came>>>);

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

impl Task {
    pub(super) fn new(work: impl Future<Output = Came> + 'static) -> Self {
        Self(Box::pin(work))
    }

    /// A task that comes to a response.
    pub(super) fn answer(work: impl Future<Output = Came<Response>> + 'static) -> Self {
        Self::new(async move { work.await.map(Into::into) })
    }

    /// Has it done once the answer is on its way.
    pub(super) fn later(work: impl Future<Output = ()> + 'static, context: &JsValue) {
        let work = async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        };
        bridge::later(context, Self::new(work));
    }
}

#[wasm_bindgen]
impl Task {
    /// Goes on with what the promise came to that was given last, or with what it failed with. Gives another one, or what
    /// it all comes to.
    pub fn go(&mut self, came: JsValue, failed: bool) -> Came {
        CAME.set(Some(if failed { Err(came) } else { Ok(came) }));
        match self
            .0
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(came) => came,
            Poll::Pending => WANTED
                .take()
                .map(Into::into)
                .ok_or_else(|| "a task waits for nothing".into()),
        }
    }
}
