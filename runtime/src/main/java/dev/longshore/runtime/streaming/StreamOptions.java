package dev.longshore.runtime.streaming;

import dev.longshore.http.Query;

/// Which streams a client of exec or attach wants. API server and clients spell them differently.
public record StreamOptions(boolean stdin, boolean stdout, boolean stderr, boolean tty) {

    /// As the query of a request says it.
    ///
    /// @throws IllegalArgumentException when it wants none
    public static StreamOptions of(Query query) {
        boolean tty = query.isSet("tty");
        var options = new StreamOptions(
                query.isSet("input") || query.isSet("stdin"),
                query.isSet("output") || query.isSet("stdout"),
                // With a terminal all output is one stream.
                !tty && (query.isSet("error") || query.isSet("stderr")),
                tty);
        if (!options.stdin && !options.stdout && !options.stderr) {
            throw new IllegalArgumentException("you must specify at least 1 of stdin, stdout, stderr");
        }
        return options;
    }
}
