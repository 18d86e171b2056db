/* Decisions about messages that did not arrive, and queues that go on; the outcome is said in a message. */
(() => {
  "use strict";

  async function decide(address, given) {
    const { send, follow } = window.dash_clientside.alerts;
    const done = await send(address, given);
    const isDone = !done.error && (done.changed?.length ?? 1);
    window.dash_clientside.frame.say({ text: done.error ?? done.sentence, kind: isDone ? "" : "error" });
    follow();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { deliveryAct, channelRetry, ids } = button.dataset;
    if (deliveryAct) decide("/api/v1/alerts/deliveries/act", { act: deliveryAct, ids: ids.split(" ").map(Number) });
    else if (channelRetry) decide(`/api/v1/channels/${channelRetry}/retry`);
  });
})();
