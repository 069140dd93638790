package dev.longshore.cli;

import tools.jackson.databind.JsonNode;

/// Shows a build while it works. Called by one thread at a time.
interface BuildView extends AutoCloseable {

    /// Something happened: an event as the engine tells it.
    void on(JsonNode event);

    /// The build is over; what is shown stays.
    @Override
    void close();

    /// Shows nothing.
    static BuildView none() {
        return new BuildView() {
            @Override
            public void on(JsonNode event) {}

            @Override
            public void close() {}
        };
    }
}
