package dev.longshore.http;

import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes what is being given up anyway.
final class Quietly {

    private static final Logger log = LoggerFactory.getLogger(Quietly.class);

    private Quietly() {}

    static void close(Closeable thing) {
        try {
            thing.close();
        } catch (IOException broken) {
            log.debug("closing: {}", broken.getMessage());
        }
    }
}
