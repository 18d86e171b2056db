"""The outbox: messages wait here, are sent one after another to each destination, and keep what became of them."""
